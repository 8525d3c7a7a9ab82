"""What documents of clinics and guides for patients say, and what the evidence here makes of it."""

import functools
from importlib.resources import files
from typing import Literal, NamedTuple


class Claim(NamedTuple):
    """One statement: the treatments it is about, the verdict, and why."""

    statement: str
    about: list[str]
    verdict: Literal["supported", "contested", "unsupported", "recorded"]
    why: str


@functools.cache
def claims() -> dict[str, Claim]:
    """Every statement by its number.

    >>> claims()["C21"].verdict
    'unsupported'
    """
    import tomllib

    text = files("neuroimmune.evidence").joinpath("claims.toml").read_text(encoding="utf-8")
    return {number: Claim(**entry) for number, entry in tomllib.loads(text).items()}
