"""Random numbers that depend on seed, person, purpose and occasion only, and the people drawn with them."""

import numpy as np
import pytest
from scipy.stats import kstest

from neuroimmune.body import Body
from neuroimmune.errors import InputError
from neuroimmune.population import People, as_people, people
from neuroimmune.quantity import System, par, parameters
from neuroimmune.streams import normal, uniform
from toys import MADE_UP, Toy

FALSE_ALARM = 1e-4  # of each test of a distribution, were the seed not fixed
MANY = np.arange(20_000)


@pytest.mark.parametrize("draw", [uniform, normal])
def test_a_person_is_the_same_whoever_else_is_drawn(draw):
    everybody = draw(7, "age", MANY)
    some = np.array([3, 17, 4, 19_999, 0, 5, 6, 7])
    np.testing.assert_array_equal(draw(7, "age", some), everybody[some])
    assert draw(7, "age", [12])[0] == everybody[12]
    assert draw(7, "age", []).shape == (0,)


def test_draws_are_what_they_were():
    """On every machine."""
    assert uniform(1, "age", [0, 1, 1000]).tolist() == [0.2900943271202638, 0.5793013423232105, 0.13291098005597562]


def test_every_draw_is_another():
    """People, occasions, purposes and seeds: no two alike."""
    draws = [uniform(s, p, np.arange(100), o) for s in (0, 1) for p in ("age", "dose") for o in (0, 1, 2)]
    assert len(np.unique(draws)) == 2 * 2 * 3 * 100
    assert 0 < np.min(draws) and np.max(draws) < 1


@pytest.mark.parametrize("one, other", [
    ((1, "age", 0), (1, "dose", 0)), ((1, "age", 0), (2, "age", 0)), ((1, "age", 0), (1, "age", 1)),
])  # fmt: skip
def test_streams_are_independent(one, other):
    """Their correlation over 20 000 people is within 3.9 standard errors: missed once in 10 000 by chance."""
    a, b = (normal(seed, purpose, MANY, occasion) for seed, purpose, occasion in (one, other))
    assert abs(np.corrcoef(a, b)[0, 1]) < 3.9 / np.sqrt(len(MANY))


def test_neighbours_are_independent():
    a = normal(3, "age", MANY)
    assert abs(np.corrcoef(a[1:], a[:-1])[0, 1]) < 3.9 / np.sqrt(len(MANY))


@pytest.mark.parametrize("seed", [0, 1, 2**63])
def test_distributions(seed):
    assert kstest(uniform(seed, "age", MANY), "uniform").pvalue > FALSE_ALARM
    assert kstest(normal(seed, "age", MANY), "norm").pvalue > FALSE_ALARM


def test_people_are_log_normal_about_the_usual_value():
    known = parameters(Body())
    drawn = people(Body(), 5000, seed=4)
    assert set(drawn.traits) == {name for name, k in known.items() if k.spread or k.sd}
    z = np.array([
        np.log(values / known[name].value) / known[name].spread if known[name].spread
        else (values - known[name].value) / known[name].sd
        for name, values in drawn.traits.items()
    ])  # fmt: skip
    for name, mine in zip(drawn.traits, z, strict=True):
        assert kstest(mine, "norm").pvalue > FALSE_ALARM, name
    correlation = np.corrcoef(z) - np.eye(len(z))
    assert np.abs(correlation).max() < 4.5 / np.sqrt(5000)  # of all pairs


def test_the_same_seed_gives_the_same_people():
    few, many, others = people(Body(), 3, seed=1), people(Body(), 40, seed=1), people(Body(), 3, seed=2)
    for name, values in few.traits.items():
        np.testing.assert_array_equal(values, many.traits[name][:3])
        assert (values != others.traits[name]).all()
    assert repr(few) == f"<3 people, differing in {len(few.traits)} parameters, seed 1>"
    assert (many[10:13].ids == [10, 11, 12]).all() and len(many[10:13]) == 3


class Narrow(System):
    """A spread that leaves its range one time in three."""

    often: float = par(1.0, "1", "often inside", MADE_UP, spread=1.0, range=(0.5, 3.0))


def test_who_falls_outside_the_range_is_drawn_again():
    drawn = people(Narrow(), 5000).traits["often"]
    assert drawn.min() >= 0.5 and drawn.max() <= 3.0
    first = np.exp(normal(0, "often", np.arange(5000)))
    inside = (first >= 0.5) & (first <= 3.0)
    assert 0.2 < 1 - inside.mean() < 0.5
    np.testing.assert_array_equal(drawn[inside], first[inside])
    np.testing.assert_array_equal(people(Narrow(), 10).traits["often"], drawn[:10])


def test_a_range_that_is_not_reached_is_refused():
    class Unreachable(System):
        never: float = par(1.0, "1", "hardly inside", MADE_UP, spread=0.01, range=(0.99999, 1.0))

    with pytest.raises(
        InputError, match=r"never cannot be drawn: its spread 0.01 hardly reaches its range 0.99999 to 1 1"
    ):
        people(Unreachable(), 3000)


@pytest.mark.parametrize("count", [0, -1, 1.5])
def test_how_many(count):
    with pytest.raises(InputError, match=f"must be a whole number from 1, not {count}"):
        people(Body(), count)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(InputError, match="seed"):
        people(Body(), 2, seed=seed)


def group(**traits):
    count = len(next(iter(traits.values())))
    return People(Toy(), {n: np.array(v, float) for n, v in traits.items()}, np.arange(10, 10 + count))


@pytest.mark.parametrize("traits, message", [
    ({"k_drug": [0.5, 300.0]}, "person 11: k_drug = 300 1/hour is outside its range 0.05 to 200 1/hour"),
    ({"k_drug": [0.5, 0.01]}, "person 11: k_drug = 0.01 1/hour is outside"),
    ({"k_drug": [0.5, np.nan]}, "person 11: k_drug is not a number"),
    ({"k_out": [0.5, -0.1]}, "person 11: k_out = -0.1 1/hour is outside its range 0 to inf"),
    ({"k_out": [np.inf, 0.1]}, "person 10: k_out is not a number"),
    ({"k_durg": [0.5]}, "people cannot differ in 'k_durg'; did you mean k_drug?"),
    ({"period": [24.0]}, "people cannot differ in 'period'"),
])  # fmt: skip
def test_a_trait_that_cannot_be_names_the_person(traits, message):
    with pytest.raises(InputError) as error:
        as_people(group(**traits))
    assert message in str(error.value)


def test_traits_of_another_length_are_refused():
    wrong = People(Toy(), {"k_drug": np.full(3, 0.5)}, np.arange(2))
    with pytest.raises(InputError, match="k_drug"):
        as_people(wrong)


def test_what_is_neither_body_nor_people():
    with pytest.raises(InputError, match=r"expected a body or people, not str; try ni.Body\(\) or"):
        as_people("body")


def test_a_body_out_of_range():
    with pytest.raises(InputError, match=r"k_drug = nan 1/hour is outside its range .*; its usual value is 0.5"):
        as_people(Toy(k_drug=float("nan")))
    with pytest.raises(InputError, match=r"growth = -1 1/hour is outside its range 0 to inf"):
        as_people(Toy(growth=-1.0))
