"""Published numbers about illness: well formed, of one role a study, and none lost."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom

from neuroimmune.cohorts import bands, shares_of_draws
from neuroimmune.evidence.sources import sources
from neuroimmune.evidence.targets import COLUMNS, all_targets, illness_targets
from neuroimmune.streams import stream

ROWS = illness_targets()


def test_rows_are_well_formed():
    assert tuple(ROWS.columns) == (*COLUMNS, "rise")
    assert ROWS["id"].is_unique and not set(ROWS["id"]) & set(all_targets()["id"])
    assert set(ROWS["study"]) <= set(sources())
    assert set(ROWS["role"]) == {"fit", "check"} and set(ROWS["checked"]) == {"verified", "unverified"}
    for study, doi in zip(ROWS["study"], ROWS["doi"].fillna(""), strict=True):
        assert doi == sources()[study].fields.get("doi", ""), study


def test_a_study_has_one_role_wherever_it_stands():
    both = list(zip(ROWS["study"], ROWS["role"], strict=True))
    both += list(zip(all_targets()["study"], all_targets()["role"], strict=True))
    studies = [study for study, _ in set(both)]
    assert len(studies) == len(set(studies))
    curves = set(zip(ROWS["study"], ROWS["quantity"], strict=True))
    assert not curves & set(zip(all_targets()["study"], all_targets()["quantity"], strict=True))


def test_no_row_was_removed_or_changed():
    """A row may be added, corrected or given another role only on purpose: then this name of all changes too."""
    facts = sorted(zip(ROWS["id"], ROWS["value"].astype(str), ROWS["role"], ROWS["checked"], strict=True))
    assert (len(ROWS), hashlib.sha256(str(facts).encode()).hexdigest()[:12]) == (188, "6da02d4eeac0")
    assert ((ROWS["role"] == "check") & (ROWS["checked"] == "verified")).sum() >= 25


def test_shares_of_draws_are_freed_of_chance():
    """Draws that are all alike come out alike; draws that differ keep their variance."""
    draw = np.repeat(np.arange(60), 100)
    generator = stream(1, "shares")
    alike = generator.random((6000, 1)) < 0.2
    assert shares_of_draws(alike, draw).std() < 0.02
    true = generator.uniform(0.05, 0.5, 60)
    found = shares_of_draws(generator.random((6000, 1)) < true[draw][:, None], draw)[:, 0]
    assert found.std() == pytest.approx(true.std(), rel=0.2)
    assert np.corrcoef(found, true)[0, 1] > 0.9


def test_bands_of_alike_draws_are_binomial():
    ids = np.arange(8000)
    ill = stream(2, "bands").random(8000) < 0.1
    history = SimpleNamespace(
        ill=lambda definition, weeks: ill[:, None], enrolled=np.ones(8000, bool), name="made up",
        population=SimpleNamespace(draws=ids % 40, seed=0),
    )  # fmt: skip
    low, middle, high = bands(history, "iom", np.array([26]), 250)  # type: ignore[arg-type]
    share = ill.mean()
    assert low[0] == pytest.approx(100 * binom.ppf(0.025, 250, share) / 250, abs=1.0)
    assert middle[0] == pytest.approx(100 * share, abs=0.8)
    assert high[0] == pytest.approx(100 * binom.ppf(0.975, 250, share) / 250, abs=1.0)
