"""What a result was made of: enough to make it again, or to refuse to mix it with another."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from neuroimmune.engine.compile import LANES
from neuroimmune.engine.lanes import HALVINGS, LONGEST, TOLERANCE
from neuroimmune.protocol import describe

if TYPE_CHECKING:
    from neuroimmune.simulation import Plan

SCHEMA = 1
DISCLAIMER = (
    "Research software: virtual persons, not medical advice; "
    "how much is measured and how much assumed is in the parameter table."
)


def provenance(plan: "Plan") -> dict[str, Any]:
    """Schema and package version, model hash, seed, protocol and kernel flags, ready for JSON."""
    from neuroimmune import __version__

    return {
        "schema": SCHEMA, "package": __version__, "model": model_hash(plan), "seed": plan.people.seed,
        "protocol": plan.protocol.name if len(plan.protocols) == 1 else f"{len(plan.protocols)} protocols",
        "happenings": _happenings(plan), "days": plan.days, "every_hours": plan.every,
        "daily": list(plan.daily), "start": dict(plan.start) if plan.start else "resting day",
        "policy": getattr(plan.policy, "__qualname__", repr(plan.policy)) if plan.policy else None,
        "solver": {
            "kernel": plan.kernel.name, "tolerance": TOLERANCE, "longest_step_hours": LONGEST,
            "halvings": HALVINGS, "lanes": LANES,
        },
        "notice": DISCLAIMER,
    }  # fmt: skip


def _happenings(plan: "Plan") -> list[str] | str:
    """What happens, in words; if each person has a protocol of their own, a name for all of it."""
    words = [[describe(h) for h in protocol.happenings] for protocol in plan.protocols]
    return words[0] if len(words) == 1 else hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def model_hash(plan: "Plan") -> str:
    """A name for equations and numbers: another equation, parameter or trait of a person is another hash."""
    numbers = {name: known.value for name, known in plan.model.parameters.items()}
    digest = hashlib.sha256(json.dumps([[str(o) for o in plan.model.operations], numbers]).encode())
    for name in sorted(plan.people.traits):
        digest.update(name.encode() + plan.people.traits[name].tobytes())
    return digest.hexdigest()[:16]
