"""What is raised when the user, not the program, can put it right."""

import difflib
from collections.abc import Iterable


class NeuroimmuneError(Exception):
    """Any error whose message says what was given, what is possible and what to do."""


class InputError(NeuroimmuneError, ValueError):
    """Something that was given cannot be used."""


class SolverFailed(NeuroimmuneError, RuntimeError):
    """No person could be solved to the end."""


class SavedFileError(NeuroimmuneError, OSError):
    """A saved result cannot be read or written."""


def nearest(given: str, possible: Iterable[str]) -> str:
    """The end of an error message: the name most like what was given, or all that are possible.

    >>> nearest("ill6", ["il6", "il8", "tnf"])
    '; did you mean il6?'
    >>> nearest("xyz", ["il6", "tnf"])
    '; possible: il6, tnf'
    """
    possible = list(possible)
    lower = {name.lower(): name for name in possible} | {name.lower().split(".")[-1]: name for name in possible}
    match = difflib.get_close_matches(str(given).lower(), lower, n=1, cutoff=0.6)
    return f"; did you mean {lower[match[0]]}?" if match else f"; possible: {', '.join(possible)}"
