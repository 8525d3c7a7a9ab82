"""Mechanistic simulation of the human neuro-immune system in ME/CFS, fibromyalgia and functional neurological disorder.

Research software: virtual persons only, not medical advice.

>>> import neuroimmune as ni
>>> course = ni.simulate(ni.Body(), "endotoxin", days=1)
>>> course["cortisol"].attrs["units"]
'nmol/L'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from neuroimmune.body import Body as Body
    from neuroimmune.cohorts import cohort as cohort
    from neuroimmune.course import Course as Course
    from neuroimmune.errors import InputError as InputError
    from neuroimmune.errors import NeuroimmuneError as NeuroimmuneError
    from neuroimmune.errors import SavedFileError as SavedFileError
    from neuroimmune.errors import SolverFailed as SolverFailed
    from neuroimmune.lives import Population as Population
    from neuroimmune.population import People as People
    from neuroimmune.population import people as people
    from neuroimmune.protocol import Protocol as Protocol
    from neuroimmune.protocol import change as change
    from neuroimmune.protocol import give as give
    from neuroimmune.protocol import load_protocol as load_protocol
    from neuroimmune.quantity import System as System
    from neuroimmune.quantity import level as level
    from neuroimmune.quantity import output as output
    from neuroimmune.quantity import par as par
    from neuroimmune.quantity import parameters as parameters
    from neuroimmune.quantity import part as part
    from neuroimmune.quantity import state as state
    from neuroimmune.quantity import with_parameters as with_parameters
    from neuroimmune.simulation import Day as Day
    from neuroimmune.simulation import simulate as simulate
    from neuroimmune.storage import load as load

_HOME = {
    "Body": "body", "cohort": "cohorts", "Course": "course",
    "InputError": "errors", "NeuroimmuneError": "errors", "SavedFileError": "errors", "SolverFailed": "errors",
    "Population": "lives", "People": "population", "people": "population",
    "Protocol": "protocol", "change": "protocol", "give": "protocol", "load_protocol": "protocol",
    "System": "quantity", "level": "quantity", "output": "quantity", "par": "quantity", "part": "quantity",
    "state": "quantity", "parameters": "quantity", "with_parameters": "quantity",
    "Day": "simulation", "simulate": "simulation", "load": "storage",
}  # fmt: skip
__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that starting costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'neuroimmune' has no attribute {name!r}")
    return getattr(import_module(f"neuroimmune.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
