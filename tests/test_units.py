"""Every equation with units, and proof that the check sees a wrong one."""

import re

import pint
import pytest

from neuroimmune.body import Body
from neuroimmune.quantity import parameters
from neuroimmune.units import check_units

REGISTRY = pint.UnitRegistry()
SYSTEMS = [Body]
OTHER = {"hour": "minute", "pg": "ng", "ng": "ug", "nmol": "umol", "umol": "nmol", "mg": "ug", "kelvin": "millikelvin",
         "count": "kilocount"}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_balance_has_the_unit_of_its_state(system):
    assert check_units(system(), registry=REGISTRY) == []


def mutants(unit):
    """The same unit times an hour, by an hour, and with each of its parts in another size."""
    yield f"({unit})*hour"
    yield f"({unit})/hour"
    if unit == "1":
        yield "percent"
    for part, other in OTHER.items():
        if re.search(rf"\b{part}\b", unit):
            yield re.sub(rf"\b{part}\b", other, unit)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_wrong_unit_is_caught(system, capsys):
    tried = [(path, unit) for path, known in parameters(system()).items() for unit in mutants(known.unit)]
    survivors = [(path, unit) for path, unit in tried if not check_units(system(), {path: unit}, REGISTRY)]
    with capsys.disabled():
        caught = f"{len(tried) - len(survivors)} of {len(tried)} wrong units caught"
        print(f"\n{system.__name__}: {caught}; survivors: {survivors}")
    assert len(survivors) <= 0.05 * len(tried)
