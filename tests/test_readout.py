"""Some read-outs alone are what all of them together are, with little memory, and threads leave nothing behind."""

import os
import tracemalloc

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.engine import lanes
from neuroimmune.engine.readout import readout
from neuroimmune.engine.trace import evaluate, trace
from neuroimmune.population import people
from neuroimmune.quantity import with_parameters
from neuroimmune.simulation import simulate
from neuroimmune.streams import stream


@pytest.fixture(scope="module")
def case():
    """States and inputs about their usual numbers, of five people who differ."""
    group, model = people(Body(), 5, seed=2), trace(Body())
    lot = stream(3, "case").uniform(0.5, 1.5, (5, len(model.states) + len(model.inputs)))
    values = [q.value + q.scale for q in (*model.states.values(), *model.inputs.values())]
    columns = dict(zip([*model.states, *model.inputs], (lot * values).T, strict=True))
    return group, model, columns


def test_each_alone_is_what_all_together_are(case):
    group, model, columns = case
    body = with_parameters(group.body, dict(group.traits))
    y, u = ([columns[name] for name in names] for names in (model.states, model.inputs))
    together = evaluate(body, "outputs", np.array(33.5), y, u)
    for name, expected in zip(model.output_names, together, strict=True):
        (found,) = readout(group.body, [name], np.array(33.5), columns, columns, group.traits)
        np.testing.assert_allclose(np.broadcast_to(found, 5), np.broadcast_to(expected, 5), rtol=1e-12, err_msg=name)


def test_the_same_twice_and_in_any_order(case):
    group, _, columns = case
    names = ["fatigue", "heart_rate", "fatigue"]
    found = readout(group.body, names, np.array(5.0), columns, columns, group.traits)
    np.testing.assert_array_equal(found[0], found[2])
    alone = readout(group.body, ["heart_rate"], np.array(5.0), columns, columns, group.traits)
    np.testing.assert_array_equal(found[1], alone[0])


def test_what_is_not_needed_any_more_is_let_go(case):
    """All read-outs at many times take little more than the read-outs themselves."""
    group, model, columns = case
    many = {name: np.repeat(values[:, None], 4000, 1) for name, values in columns.items()}
    traits = {name: values[:, None] for name, values in group.traits.items()}
    tracemalloc.start()
    found = readout(group.body, list(model.output_names), np.arange(4000.0)[None], many, many, traits)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == len(model.output_names)
    assert most < 8 * 5 * 4000 * 2 * (len(found) + 20)


def test_progress_that_raises_leaves_no_work_behind():
    """The next simulation is what it would have been."""
    some = people(Body(), 80, seed=1)

    def stop(done):
        raise KeyboardInterrupt

    expected = simulate(some, days=2, keep=["il6"], threads=2).values["il6"]
    with pytest.raises(KeyboardInterrupt):
        simulate(some, days=2, keep=["il6"], threads=2, progress=stop)
    np.testing.assert_array_equal(simulate(some, days=2, keep=["il6"], threads=2).values["il6"], expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_has_threads_of_its_own():
    some = people(Body(), 40, seed=1)
    simulate(some, days=1, keep=["il6"], threads=2)
    assert lanes._pool.cache_info().currsize
    child = os.fork()
    if child == 0:
        try:
            fine = np.isfinite(simulate(some, days=1, keep=["il6"], threads=2).values["il6"]).all()
        finally:
            os._exit(0 if fine else 1)
    assert os.waitpid(child, 0)[1] == 0
