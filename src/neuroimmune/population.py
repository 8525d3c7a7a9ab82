"""People: one body, and the numbers in which they differ."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from neuroimmune.errors import InputError, nearest
from neuroimmune.quantity import Quantity, System, check_parameters, check_value, parameters
from neuroimmune.streams import normal


@dataclass(frozen=True)
class People:
    """Virtual people with one body: `traits[path]` has shape (people,); all else is the same for all, as `body` has it.

    `ids` are their numbers in the population, by which random draws and failures name them.
    """

    body: System
    traits: Mapping[str, np.ndarray]
    ids: np.ndarray
    seed: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, which: int | slice) -> "People":
        """Some of them, or one, with the same ids."""
        if not isinstance(which, slice):
            which = slice(which, which + 1 or None)
        return dataclasses.replace(self, traits={n: v[which] for n, v in self.traits.items()}, ids=self.ids[which])

    def __repr__(self) -> str:
        return f"<{len(self)} people, differing in {len(self.traits)} parameters, seed {self.seed}>"


def people(body: System, count: int, seed: int = 0) -> People:
    """Draw people from a body: a parameter with a `spread` is log-normal about its value, one with an `sd` is normal.

    Whoever falls outside a parameter's range is drawn again. The same seed gives the same people, however many are
    drawn. Raises `InputError` if `count` is not positive.

    >>> import neuroimmune as ni
    >>> first, more = ni.people(ni.Body(), 3, seed=1), ni.people(ni.Body(), 5, seed=1)
    >>> all((first.traits[name] == more.traits[name][:3]).all() for name in first.traits)
    True
    """
    if not isinstance(body, System):
        raise InputError(f"expected a body, such as ni.Body(), not {type(body).__name__}")
    check_count(count)
    return drawn_people(body, np.arange(int(count)), seed)


def drawn_people(body: System, ids: np.ndarray, seed: int) -> People:
    """The people with these numbers, in ascending order; see `people`."""
    check_parameters(body)
    return People(body, {n: draw(n, k, ids, seed) for n, k in parameters(body).items() if k.spread or k.sd}, ids, seed)


def check_count(count: int) -> None:
    """Raise `InputError` unless this is a number of people."""
    if not isinstance(count, Integral) or count < 1:
        raise InputError(f"the number of people must be a whole number from 1, not {count}")


def draw(name: str, known: Quantity, ids: np.ndarray, seed: int) -> np.ndarray:
    """One number of each person, by its declared spread, shape (people,)."""
    low, high = known.range or (-np.inf, np.inf)
    value, waiting = np.empty(len(ids)), np.arange(len(ids))
    for occasion in range(100):
        drawn = normal(seed, name, ids[waiting], occasion)
        value[waiting] = known.value * np.exp(known.spread * drawn) + known.sd * drawn
        waiting = waiting[(value[waiting] < low) | (value[waiting] > high)]
        if not len(waiting):
            return value
    raise InputError(
        f"{name} cannot be drawn: its spread {known.spread or known.sd:g} hardly reaches "
        f"its range {low:g} to {high:g} {known.unit}"
    )


def shifted(group: People, middles: Mapping[str, float | np.ndarray]) -> People:
    """The same people about other middles: what each differs from the body by, a factor or a difference, is kept.

    `middles[path]` is a number, or one for each person; what leaves a parameter's range is set to its end, and what was
    cut (a strength of nothing) stays cut. Raises `InputError` for a path that does not exist or is the same for all.

    >>> from neuroimmune.body import Body
    >>> some = people(Body(), 3, seed=1)
    >>> stronger = shifted(some, {"brain.loop": 2 * Body().brain.loop})
    >>> [round(float(x), 6) for x in stronger.traits["brain.loop"] / some.traits["brain.loop"]]
    [2.0, 2.0, 2.0]
    """
    known, usual = parameters(group.body), parameters(type(group.body)())
    traits = dict(group.traits)
    for path, middle in middles.items():
        if path not in known or known[path].fixed:
            raise InputError(
                f"people cannot be given another {path!r}{nearest(path, [n for n, k in known.items() if not k.fixed])}"
            )
        own = traits.get(path, np.full(len(group), known[path].value))
        here = known[path].value
        if usual[path].value and not known[path].sd:
            moved = own * middle / here if here else own
        else:
            moved = own + middle - here
        low, high = known[path].range or (-np.inf, np.inf)
        traits[path] = np.clip(moved, low, high)
    return dataclasses.replace(group, traits=traits)


def drawn_middle(known: Quantity, usual: Quantity, drawn: float | np.ndarray) -> float | np.ndarray:
    """A middle that a fit has drawn, in a body that has another number than the usual: changed as the body is.

    >>> drawn_middle(Quantity(2.0, "1", ""), Quantity(1.0, "1", ""), 1.1)
    2.2
    """
    return drawn * known.value / usual.value if usual.value and not known.sd else drawn + known.value - usual.value


def as_people(body_or_people: System | People) -> People:
    """People as they are, or one person with this body; checked.

    Raises `InputError` for a number outside its range, naming the person.
    """
    if isinstance(body_or_people, People):
        group, known = body_or_people, parameters(body_or_people.body)
        for name, values in group.traits.items():
            if name not in known or known[name].fixed:
                raise InputError(
                    f"people cannot differ in {name!r}{nearest(name, [n for n, k in known.items() if not k.fixed])}"
                )
            if np.shape(values) != (len(group),):
                raise InputError(
                    f"{name} has shape {np.shape(values)} for {len(group)} people; it needs one number for each"
                )
            for person in group.ids[~np.isfinite(values)]:
                raise InputError(f"person {person}: {name} is not a number")
            for value in (values.min(), values.max()):
                check_value(f"person {group.ids[values == value][0]}: {name}", known[name], float(value))
        return group
    if not isinstance(body_or_people, System):
        raise InputError(
            f"expected a body or people, not {type(body_or_people).__name__}; "
            "try ni.Body() or ni.people(ni.Body(), 100)"
        )
    check_parameters(body_or_people)
    return People(body_or_people, {}, np.arange(1))
