"""The best free numbers of a problem, and draws from what the rows leave open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroimmune.calibrate.problem import SD, Problem

STEP = 0.05  # of a prior's SD: differences over less would be the solver's float32
BELIEF = 4.0  # residuals' worth of belief that the errors are right: one or two that are off inflate by little
Say = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """The best vector, its covariance by Laplace, and by how much variances were inflated, by group of numbers."""

    x: np.ndarray
    covariance: np.ndarray
    chi2: float
    inflation: dict[str, float]


def fit(problem: Problem, starts: int = 3, rounds: int = 3, first: np.ndarray | None = None, say: Say = print) -> Found:
    """Least squares from several starts, again while the errors follow the best, and once more with inflated errors.

    The starts are the best of a hundred draws from the priors, and `first` (or their middle). Sets the problem's
    errors and, at last, its inflation, by which the residuals of each study's quantity come towards a reduced
    chi2 of 1: once, for a curve that is missed would otherwise be given up.
    """
    problem.inflation[:] = 1.0
    rng = np.random.default_rng(1)
    pool = np.vstack([np.zeros(len(problem.free)) if first is None else first,
                      0.5 * rng.standard_normal((100, len(problem.free)))])  # fmt: skip
    cost = np.concatenate([(problem.residuals(some) ** 2).sum(1) for some in np.array_split(pool, 8)])
    best: tuple[float, np.ndarray] = (np.inf, pool[0])
    for number, start in enumerate([0, *(1 + np.argsort(cost[1:])[: starts - 1])]):
        chi2, x = _least_squares(problem, pool[start], 40)
        say(f"start {number + 1} of {starts}: chi2 {cost[start]:.0f} -> {chi2:.0f}")
        best = min(best, (chi2, x), key=lambda b: b[0])
    chi2, x = best
    inflation: dict[str, float] = {}
    for number in range(rounds):
        problem.set_sampling(x)
        if number == rounds - 1:
            inflation = inflate(problem, x)
        chi2, x = _least_squares(problem, x, 25)
        say(f"round {number + 1} of {rounds}: chi2 {chi2:.0f} of {len(problem.seen)} observations")
    jacobian = slopes(problem, x)
    return Found(x, np.linalg.inv(jacobian.T @ jacobian), chi2, inflation)


def slopes(problem: Problem, x: np.ndarray) -> np.ndarray:
    """The Jacobian of the residuals, by central differences, all in one batch: shape (residuals, free)."""
    step = STEP * np.eye(len(x))
    both = problem.residuals(np.vstack([x + step, x - step]))
    return ((both[: len(x)] - both[len(x) :]) / (2 * STEP)).T


def _least_squares(problem: Problem, x: np.ndarray, most: int) -> tuple[float, np.ndarray]:
    from scipy.optimize import least_squares

    def residuals(v: np.ndarray) -> np.ndarray:
        return problem.residuals(v[None])[0]

    jacobian: Any = lambda v: slopes(problem, v)  # noqa: E731  SciPy's annotation knows only names of methods
    found = least_squares(residuals, x, jac=jacobian, max_nfev=most, ftol=1e-4, xtol=1e-4)
    return 2 * float(found.cost), found.x


def groups(problem: Problem) -> np.ndarray:
    """The group of each observation whose variance is inflated together: a study's quantity, or its SDs."""
    return np.array([f"{one.study} {one.quantity}{' (sd)' if one.statistic in SD else ''}" for one in problem.seen])


def inflate(problem: Problem, x: np.ndarray) -> dict[str, float]:
    """Set the problem's inflation of each group's variance: its reduced chi2, as if `BELIEF` more residuals of the
    size expected had been seen, so that few residuals cannot inflate much; never less than 1.
    """
    problem.inflation = np.ones(len(problem.seen))
    jacobian = slopes(problem, x)
    seen = len(problem.seen)
    hat = np.einsum("ij,jk,ik->i", jacobian[:seen], np.linalg.inv(jacobian.T @ jacobian), jacobian[:seen])
    missed = problem.residuals(x[None])[0, :seen] ** 2
    of, found = groups(problem), {}
    for name in dict.fromkeys(of):
        own = of == name
        found[str(name)] = max(1.0, float((missed[own].sum() + BELIEF) / (own.sum() - hat[own].sum() + BELIEF)))
        problem.inflation[own] = found[str(name)]
    return found


def draws(problem: Problem, found: Found, count: int = 200, steps: int = 150, say: Say = print) -> np.ndarray:
    """Draws from the posterior, shape (count, free): chains that start from Laplace's and walk by one another's
    differences (ter Braak's differential evolution), each of which gives its last place.
    """
    rng = np.random.default_rng(2)
    size = len(found.x)
    x = rng.multivariate_normal(found.x, found.covariance, count, method="eigh")
    cost = (problem.residuals(x) ** 2).sum(1)
    say(f"Laplace: chi2 of draws {np.median(cost):.0f}, expected {found.chi2 + size:.0f}")
    root = np.linalg.cholesky(found.covariance)
    taken = 0.0
    for step in range(steps):
        a, b = (rng.integers(count - 1, size=(2, count)) + 1 + np.arange(count)) % count
        length = (2.38 / np.sqrt(2 * size)) * rng.uniform(0.2, 1.0, (count, 1))
        if step % 10 == 9:
            length[:] = 1.0  # now and then a whole difference, from one mode to another
        there = x + length * (x[a] - x[b]) + 0.02 * rng.standard_normal((count, size)) @ root.T
        new = (problem.residuals(there) ** 2).sum(1)
        better = np.log(rng.uniform(size=count)) < (cost - new) / 2
        x[better], cost[better] = there[better], new[better]
        taken += better.mean() / steps
        if step % 50 == 49:
            say(f"step {step + 1} of {steps}: chi2 of draws {np.median(cost):.0f}")
    say(f"{taken:.0%} of steps taken")
    return x
