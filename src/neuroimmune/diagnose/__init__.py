"""Questionnaires scored and case definitions judged: the same code for real and for virtual answers."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neuroimmune.diagnose.answers import Answers
    from neuroimmune.diagnose.definitions import DEFINITIONS
    from neuroimmune.diagnose.instruments import INSTRUMENTS
    from neuroimmune.diagnose.reading import read
    from neuroimmune.diagnose.verdict import Results, diagnose

__all__ = ["DEFINITIONS", "INSTRUMENTS", "Answers", "Results", "diagnose", "read"]

# Loaded when first asked for: the command line must start without numpy.
_HOMES = {
    "Answers": "answers",
    "DEFINITIONS": "definitions",
    "INSTRUMENTS": "instruments",
    "read": "reading",
    "Results": "verdict",
    "diagnose": "verdict",
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
