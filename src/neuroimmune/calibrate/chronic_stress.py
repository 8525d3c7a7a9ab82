"""Sixty days of stress in the published gland-mass model and here: `python -m neuroimmune.calibrate.chronic_stress`.

A comparison of simulators, not a validation: no people were followed. The published equations (karin2020, milo2025)
are solved as printed; our axis without its rhythm and with an adrenal in proportion to ACTH must give the same; our own
axis stands beside both. Writes `docs/chronic-stress.md`.
"""

from collections.abc import Callable, Sequence

import numpy as np

from neuroimmune.calibrate.report import DOCS
from neuroimmune.quantity import declared
from neuroimmune.systems.hpa import HPA, HPAState

DAYS = 60
BEFORE = 2000  # days in which the glands come to rest
MEANS = 24  # moments of a day that are averaged
WHEN = {"1 d": 0, "59 d": 58, "7 d later": 66, "30 d later": 89, "60 d later": 119, "120 d later": 179}
WHAT = {"cortisol": "cortisol", "ACTH": "acth", "adrenal mass": "adrenal_mass", "pituitary mass": "pituitary_mass"}
PROPORTIONAL = 1e6  # ACTH that half-saturates an adrenal which answers in proportion

Rates = Callable[[float, np.ndarray, float], Sequence[float]]


def published(t: float, x: np.ndarray, drive: float) -> list[float]:
    """The published balances per hour, all relative to usual: CRH, ACTH, cortisol, pituitary and adrenal mass."""
    crh, acth, cortisol, pituitary, adrenal = x
    mr, gr = 1 / cortisol, 1 / (1 + (cortisol / 4) ** 3)
    gamma = np.log(2) / np.array([4 / 60, 20 / 60, 80 / 60, 20 * 24, 30 * 24])
    return list(gamma * [
        (1 + drive) * mr * gr - crh, crh * pituitary * gr - acth, acth * adrenal - cortisol,
        pituitary * (crh * (1 - pituitary / 1e6) - 1), adrenal * (acth * (1 - adrenal / 1e6) - 1),
    ])  # fmt: skip


def ours(hpa: HPA) -> Rates:
    """The balances of an axis alone."""
    return lambda t, y, drive: hpa.rates(t, HPAState(*y.tolist()), drive, 0.0, 0.0, 0.0, 0.0)


def like_published() -> HPA:
    """Our axis with the published rates and feedback, no rhythm, no CBG, and an adrenal in proportion to ACTH."""
    k_cortisol = 0.75 * np.log(2)
    return HPA(
        k_acth=3 * np.log(2), k_cortisol=k_cortisol, gr_half=4.0, rhythm_24h=0.0, rhythm_12h=0.0, cbg=0.0,
        acth_half=PROPORTIONAL, acth_hill=1.0, s_cortisol=k_cortisol * HPA().cortisol_rest * PROPORTIONAL,
    )  # fmt: skip


def sixty_days(rates: Rates, start: Sequence[float], names: Sequence[str]) -> dict[str, np.ndarray]:
    """Means over each day relative to rest, from the first day of stress on; stress doubles the daily drive."""
    from scipy.integrate import solve_ivp

    def follow(y: np.ndarray, days: int, drive: float) -> tuple[np.ndarray, np.ndarray]:
        hours = np.linspace(0.0, 24.0 * days, MEANS * days + 1)
        found = solve_ivp(
            rates, (0.0, hours[-1]), y, "LSODA", hours if days < BEFORE else hours[-MEANS - 1 :], args=(drive,),
            rtol=1e-7, atol=1e-9, max_step=12.0,
        )  # fmt: skip
        return found.y[:, :-1].reshape(len(y), -1, MEANS).mean(2), found.y[:, -1]

    rest, y = follow(np.array(start, float), BEFORE, 0.0)
    during, y = follow(y, DAYS, 1.0)
    after, _ = follow(y, 2 * DAYS, 0.0)
    both = np.hstack([during, after])
    return {name: both[i] / rest[i] for i, name in enumerate(names) if name in WHAT.values()}


def three() -> dict[str, dict[str, np.ndarray]]:
    """The published model, ours like it, and ours."""
    hpa, usual = HPA(), HPAState(*(known.value for known in declared(HPA.rates, "y").values()))
    plain = like_published()
    flat = usual._replace(acth=hpa.acth_rest, cortisol=hpa.cortisol_rest, pituitary_mass=1.0, adrenal_mass=1.0)
    return {
        "published": sixty_days(published, [1.0] * 5, ("crh", "acth", "cortisol", "pituitary_mass", "adrenal_mass")),
        "ours, like it": sixty_days(ours(plain), flat, HPAState._fields),
        "ours": sixty_days(ours(hpa), usual, HPAState._fields),
    }


def page() -> str:
    """The page, as Markdown."""
    found, heads = three(), ["", "model", *WHEN]
    lines = []
    for title, name in WHAT.items():
        for model, course in found.items():
            lines.append([title, model, *(f"{course[name][day]:.2f}" for day in WHEN.values())])
    blunted = {model: int(np.count_nonzero(course["acth"][DAYS:] < 0.9)) for model, course in found.items()}
    days = ", ".join(f"{name}: {number} days" for name, number in blunted.items())
    return (
        "# Sixty days of stress\n\nWritten by `python -m neuroimmune.calibrate.chronic_stress`. A comparison of "
        "simulators, no validation: nobody was followed. Stress doubles the daily drive of CRH for 60 days. Means "
        "of days, relative to rest: on the first and the 59th day of stress, and after its end. Glands that grew "
        "under stress shrink within weeks, and until then hold ACTH down while cortisol is near usual.\n\n"
        + "\n".join("| " + " | ".join(line) + " |" for line in [heads, ["---"] * len(heads), *lines])
        + f"\n\nDays after the end on which ACTH is more than a tenth too low: {days}.\n\n"
        "Ours like it is our axis with the published rates and feedback, no rhythm, no CBG, and an adrenal in "
        "proportion to ACTH; a test holds it within 1 % of the published equations.\n"
    )


if __name__ == "__main__":
    (DOCS / "chronic-stress.md").write_text(page(), encoding="utf-8")
