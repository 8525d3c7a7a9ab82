"""`python -m neuroimmune.diagnose`."""

import typer

from neuroimmune.diagnose.command import diagnose

if __name__ == "__main__":
    typer.run(diagnose)
