"""What a result was made of: enough to make it again, or to refuse to mix it with another."""

import dataclasses
import hashlib
import inspect
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.engine.compile import LANES
from neuroimmune.engine.lanes import LONGEST, SHORTEST, TOLERANCE
from neuroimmune.protocol import describe, events

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
        "traits": _traits(plan),
        "protocol": plan.protocol.name if len(plan.protocols) == 1 else f"{len(plan.protocols)} protocols",
        "happenings": _happenings(plan), "days": plan.days, "every_hours": plan.every,
        "daily": list(plan.daily), "start": _start(plan),
        "policy": _policy(plan), "moments": _named(np.array(plan.moments)) if plan.moments else None,
        "solver": {
            "kernel": plan.kernel.name, "tolerance": TOLERANCE, "longest_step_hours": LONGEST,
            "shortest_step_hours": SHORTEST, "lanes": LANES,
        },
        "notice": DISCLAIMER,
    }  # fmt: skip


def _happenings(plan: "Plan") -> dict[str, Any]:
    """What happens, in words for one protocol, and a name for every event of everybody."""
    resolved = [events(protocol, plan.people.body) for protocol in plan.protocols]
    words = [describe(h) for h in plan.protocol.happenings] if len(plan.protocols) == 1 else []
    return {"in_words": words, "hash": _hash([[tuple(event) for event in some] for some in resolved])}


def _start(plan: "Plan") -> dict[str, Any] | str:
    """Numbers to begin from, and names for those that differ between people."""
    given = plan.start or {}
    return {n: _named(v) if isinstance(v, np.ndarray) else v for n, v in given.items()} or "resting day"


def _named(numbers: np.ndarray) -> str:
    return hashlib.sha256(numbers.tobytes()).hexdigest()[:16]


def _traits(plan: "Plan") -> str:
    """A name for the numbers in which the people differ."""
    digest = hashlib.sha256()
    for name in sorted(plan.people.traits):
        digest.update(name.encode() + plan.people.traits[name].tobytes())
    return digest.hexdigest()[:16]


def _policy(plan: "Plan") -> dict[str, str] | None:
    """The name of the policy, and of what it does as far as its source tells."""
    if plan.policy is None:
        return None
    name = getattr(plan.policy, "__qualname__", type(plan.policy).__qualname__)
    try:
        source = inspect.getsource(plan.policy if inspect.isroutine(plan.policy) else type(plan.policy))
    except (OSError, TypeError):
        source = ""
    settings = {
        field.name: _named(value) if isinstance(value := getattr(plan.policy, field.name), np.ndarray) else repr(value)
        for field in (dataclasses.fields(plan.policy) if dataclasses.is_dataclass(plan.policy) else ())
    }
    return {"name": name, "hash": _hash([source, settings])}


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def model_hash(plan: "Plan") -> str:
    """A name for equations and numbers: another equation, parameter, start or level is another hash."""
    model = plan.model
    numbers = [
        {n: (q.value, q.scale) for n, q in some.items()} for some in (model.parameters, model.states, model.inputs)
    ]
    digest = hashlib.sha256(json.dumps([[str(o) for o in model.operations], model.rates, numbers]).encode())
    return digest.hexdigest()[:16]
