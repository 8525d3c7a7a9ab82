"""Truth of the fourth kind: what the whole body did the last time somebody looked. It only says "unchanged".

After a change that is meant to move results, `NEUROIMMUNE_BASELINE=write pytest tests/test_baseline.py` writes it anew.
Look at `git diff tests/baseline.json` then, and say in CHANGELOG.md under `Results:` what moved.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.population import people
from neuroimmune.simulation import simulate

PATH = Path(__file__).with_name("baseline.json")
ALIKE = 2e-3  # two machines differ by up to twice the engine's tolerance: 1.2e-3 was seen between two server processors


def rounded(value):
    return float(f"{value:.6g}")


def one_person():
    """Highest and lowest, when, and the end, of every variable after endotoxin."""
    course = simulate(Body(), "endotoxin", days=3, every=0.25)
    found = {}
    for name, (values,) in course.values.items():
        found[name] = {
            "highest": rounded(values.max()),
            "highest_at": rounded(course.times[values.argmax()]),
            "lowest": rounded(values.min()),
            "end": rounded(values[-1]),
            "mean": rounded(values.mean(dtype=float)),
        }
    return found


def many_people():
    """Median and 5 to 95 % of the peaks of thirty people."""
    course = simulate(people(Body(), 30, seed=1), "endotoxin", days=2)
    peaks = {name: values.max(axis=1) for name, values in course.values.items()}
    return {n: [rounded(v) for v in np.percentile(peak, [5, 50, 95])] for n, peak in peaks.items()}


@pytest.fixture(scope="module")
def found():
    now = {"usual person after endotoxin": one_person(), "peaks of thirty people": many_people()}
    if os.environ.get("NEUROIMMUNE_BASELINE") == "write":
        PATH.write_text(json.dumps(now, indent=1) + "\n")
    return now


def leaves(nested, path=()):
    for key, value in nested.items() if isinstance(nested, dict) else enumerate(nested):
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key)), value


def test_unchanged(found):
    stored, now = dict(leaves(json.loads(PATH.read_text()))), dict(leaves(found))
    assert now.keys() == stored.keys(), "other variables than stored: see the top of this file"
    moved = {
        " / ".join(path): f"{stored[path]} -> {value}"
        for path, value in now.items()
        if value != pytest.approx(stored[path], rel=ALIKE, abs=1e-5, nan_ok=True)
        and not (path[-1] == "highest_at" and abs(value - stored[path]) <= 0.25)
    }
    assert moved == {}, "results moved; if this was meant, see the top of this file"
