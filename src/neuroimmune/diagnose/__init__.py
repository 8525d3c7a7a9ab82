"""Questionnaires scored and case definitions judged: the same code for real and for virtual answers."""

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.verdict import Results, diagnose

__all__ = ["DEFINITIONS", "INSTRUMENTS", "Answers", "Results", "diagnose"]
