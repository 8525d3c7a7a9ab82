"""The engine: who else is there changes nothing, failures are named, the kernel is vectorised and kept."""

import os
import platform
import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.engine.compile import LANES, kernel_text
from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.engine.kernel import cache_folder, compiled
from neuroimmune.engine.lanes import LONGEST, advance, cores, gather, pack, unpack
from neuroimmune.engine.trace import LEAVES, PARAMETER, STATE, Operation, trace
from neuroimmune.errors import InputError, SolverFailed
from neuroimmune.kinetics import circadian, where
from neuroimmune.population import People, people
from neuroimmune.protocol import Protocol, give, load_protocol
from neuroimmune.quantity import System, par, state
from neuroimmune.simulation import make_plan, simulate
from toys import MADE_UP, ROW, START, Toy

TESTS = Path(__file__).parent
FAST = "cytokines.k_tnf"  # a valid rate at which the usual step would be unstable


def same(a, b):
    """Two courses are the same, bit by bit."""
    assert list(a.values) == list(b.values)
    for name, values in a.values.items():
        np.testing.assert_array_equal(values, b.values[name], err_msg=name)


def rows_of(course, which):
    return {name: values[which] for name, values in course.values.items()}


def only(group, which):
    """Some people, in any order, with their own ids and numbers."""
    return People(group.body, {n: v[which] for n, v in group.traits.items()}, group.ids[which], group.seed)


@pytest.fixture(scope="module")
def crowd():
    """Thirty-seven people who differ (three blocks, the last one padded), one of whom needs short steps."""
    group = people(Body(), 37, seed=3)
    fast = np.full(37, 1.395104)
    fast[20] = 120.0
    return People(group.body, {**group.traits, FAST: fast}, group.ids, group.seed)


@pytest.fixture(scope="module")
def course(crowd):
    return simulate(crowd, "endotoxin", days=2, threads=1)


def test_one_person_of_the_crowd_needs_shorter_steps(crowd):
    plan = make_plan(crowd, "endotoxin")
    start = np.tile([q.value for q in plan.model.states.values()], (len(crowd), 1))
    rows = import_module("neuroimmune.simulation").parameter_rows(plan.model, crowd)
    levels = np.zeros((len(crowd), len(plan.model.inputs)))
    followed = gather(plan.kernel, start, rows, levels)
    advance(followed, np.array([18.0]), threads=1)  # in the quiet of the day: falling asleep needs short steps too
    wanted = followed.wanted.reshape(-1)[: len(crowd)]
    assert wanted[20] <= wanted[np.arange(37) != 20].min() / 4
    assert (wanted[np.arange(37) != 20] >= LONGEST / 4).all()


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_threads_change_nothing(crowd, course, threads):
    same(course, simulate(crowd, "endotoxin", days=2, threads=threads))


@pytest.mark.parametrize("at_once", [16, 32])
def test_batches_change_nothing(crowd, course, at_once, monkeypatch):
    module = import_module("neuroimmune.simulation")
    plan = make_plan(crowd, "endotoxin", days=2)
    monkeypatch.setattr(module, "BATCH_BYTES", at_once * plan.bytes_of_a_person)
    assert [b.stop - b.start for b in plan.batches][0] == at_once
    same(course, simulate(crowd, "endotoxin", days=2))


@pytest.mark.parametrize("person", [0, 7, 19, 20, 36])
def test_alone_or_in_a_crowd(crowd, course, person):
    """Alone in the first lane, as in lane 7 or beside somebody who needs short steps."""
    alone = simulate(only(crowd, [person]), "endotoxin", days=2)
    for name, values in rows_of(course, [person]).items():
        np.testing.assert_array_equal(alone.values[name], values, err_msg=name)


def test_permuting_people_permutes_results(crowd, course):
    order = np.random.default_rng(0).permutation(len(crowd))
    permuted = simulate(only(crowd, order), "endotoxin", days=2)
    assert (permuted.people == order).all()
    for name, values in rows_of(course, order).items():
        np.testing.assert_array_equal(permuted.values[name], values, err_msg=name)


def test_a_body_is_the_person_with_its_numbers():
    """As a body, and as people with traits that say the same: another way to the same start."""
    body = Body()
    group = People(body, {FAST: np.array([body.cytokines.k_tnf])}, np.array([0]))
    same(simulate(body, "endotoxin", days=2), simulate(group, "endotoxin", days=2))


@pytest.mark.parametrize("every", [1.0, 0.25])
def test_an_idle_policy_changes_nothing(crowd, every):
    """Which is: day by day, or all days in one run."""
    days = []
    followed = simulate(crowd, "endotoxin", days=2, every=every, policy=lambda day: days.append(day.number))
    same(simulate(crowd, "endotoxin", days=2, every=every), followed)
    assert days == [0, 1]


def test_an_idle_policy_between_odd_saves(crowd):
    """Where midnight is no saved time it cuts a step in two: the same to the accuracy of a step."""
    one = simulate(only(crowd, slice(0, 3)), "endotoxin", days=2.5, every=5.0)
    other = simulate(only(crowd, slice(0, 3)), "endotoxin", days=2.5, every=5.0, policy=lambda day: None)
    assert one.times[-1] == other.times[-1] == 60.0
    for name, values in one.values.items():
        np.testing.assert_allclose(other.values[name], values, atol=2e-3 * np.ptp(values) + 1e-6, rtol=0, err_msg=name)


def test_segments_are_one_run():
    plan = make_plan(Toy())
    row = np.array([[plan.model.parameters[name].value for name in plan.model.people_parameters]])
    dose = [Event(30.0, BOLUS, ROW["drug"], 3.0)]
    one, parts = (gather(plan.kernel, START[None], row, np.zeros((1, 2)), [dose]) for _ in range(2))
    whole = advance(one, np.arange(0.0, 97.0), threads=1)[0]
    split = [advance(parts, np.arange(d * 24.0 + (d > 0), d * 24.0 + 25), threads=1)[0] for d in range(4)]
    np.testing.assert_array_equal(whole, np.concatenate(split, axis=1))


def test_a_policy_acts_on_people():
    """It is given each day, and what it sets is taken up: states, and levels of inputs."""

    def cure(day):
        if day.number == 1:
            day.state["drug"][1] = 8.0
            day.levels["signal"][:] = [0.0, 1.0, 2.0]

    group = People(Toy(), {"k_drug": np.full(3, 0.5)}, np.arange(3))
    found = simulate(group, days=2, policy=cure)
    expected = np.where(found.times < 24, 0.0, 8 * np.exp(-0.5 * (found.times - 24)))
    np.testing.assert_allclose(found.values["drug"][1], expected, atol=1e-3)
    assert not found.values["drug"][[0, 2]].any()
    assert found.values["leaky"][:, -1] == pytest.approx(np.array([0.0, 1, 2]) * (1 - np.exp(-1.2)) / 0.05, rel=1e-3)


def test_a_policy_cannot_set_what_is_not_there():
    def wrong_name(day):
        day.levels["sygnal"] = np.zeros(1)

    def wrong_shape(day):
        day.state["drug"] = np.zeros(2)

    with pytest.raises(InputError, match="levels? 'sygnal' that does not exist; did you mean signal"):
        simulate(Toy(), policy=wrong_name)
    with pytest.raises(InputError, match=r"state drug with shape \(2,\); it needs \(1,\)"):
        simulate(Toy(), policy=wrong_shape)


@pytest.mark.parametrize("count", [1, 15, 16, 17])
def test_lanes_are_padded_and_unpacked(count):
    values = np.arange(count * 3, dtype=float).reshape(count, 3)
    blocks = pack(values)
    assert blocks.shape == (-(-count // LANES), 3 * LANES)
    np.testing.assert_array_equal(unpack(blocks, count), values)
    np.testing.assert_array_equal(blocks.reshape(-1, 3, LANES)[-1, :, -1], values[-1])


def test_who_explodes_is_named_and_alone():
    """Growth in proportion to the square is infinite after 1/k hours: NaN from there, the others are untouched."""
    k = np.zeros(20)
    quiet = simulate(People(Toy(), {"k_burst": k}, np.arange(100, 120)), days=1)
    start = {name: q for name, q in zip(ROW, START, strict=True)}
    k = k.copy()
    k[7], k[18] = 0.25, 0.1
    found = simulate(People(Toy(), {"k_burst": k}, np.arange(100, 120)), days=1, start=start)
    assert sorted(found.failed) == [107, 118]
    assert found.failed[107][0] == pytest.approx(4.0, abs=0.1)
    assert found.failed[118][0] == pytest.approx(10.0, abs=0.2)
    assert {why for _, why in found.failed.values()} <= {"the step became too small", "a state was not finite"}
    for name, values in found.values.items():
        assert np.isfinite(values[7, found.times <= 3.9]).all()
        assert np.isnan(values[7, found.times > 4.1]).all(), name
        others = np.delete(np.arange(20), [7, 18])
        assert np.isfinite(values[others]).all()
        np.testing.assert_array_equal(values[others], simulate_start(others, start).values[name])
    assert "2 failed: [107, 118]" in repr(found)
    assert quiet.failed == {}


def simulate_start(which, start):
    return simulate(People(Toy(), {"k_burst": np.zeros(len(which))}, 100 + which), days=1, start=start)


def test_if_all_fail_it_says_why():
    body = Toy(k_burst=1.0)
    message = (
        r"no solution reached the end: person 0 failed at hour 1\.0 because .*; look for parameters, doses or starting"
    )
    with pytest.raises(SolverFailed, match=message):
        simulate(body, days=1, start=dict(zip(ROW, START, strict=True)))


def test_who_has_no_resting_day_is_named(caplog):
    """The state that grows for ever is as it was after no day; an oscillator that stands still is."""
    k = np.array([0.0, 1e-2, 0.0])
    found = simulate(People(Toy(), {"k_slow": k, "turn": np.zeros(3)}, np.arange(5, 8)), days=1)
    assert found.not_at_rest == [6]
    assert "1 of 3 people have no resting day to start from: [6]" in caplog.text
    with pytest.raises(SolverFailed, match="this body has no resting day: left alone, it does not come back"):
        import_module("neuroimmune.simulation").resting_state(Toy(k_slow=1e-2))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_number_that_is_none_fails_that_person_only(bad):
    """Below the door at which parameters are checked."""
    plan = make_plan(Toy())
    rows = np.tile([plan.model.parameters[name].value for name in plan.model.people_parameters], (20, 1))
    rows[5, plan.model.people_parameters.index("k_rhythm")] = bad
    followed = gather(plan.kernel, np.tile(START, (20, 1)), rows, np.zeros((20, 2)))
    values = advance(followed, np.arange(0.0, 25.0), threads=1)[0]
    assert followed.failed() == {5: (0.0, "a state was not finite")}
    assert np.isnan(values[5, 1:]).all()
    rows[5] = rows[4]
    usual = gather(plan.kernel, np.tile(START, (20, 1)), rows, np.zeros((20, 2)))
    expected = advance(usual, np.arange(0.0, 25.0), threads=1)[0]
    others = np.delete(np.arange(20), 5)
    np.testing.assert_array_equal(values[others], expected[others])


def test_each_person_has_their_own_events():
    plan = make_plan(Toy())
    rows = np.tile([plan.model.parameters[name].value for name in plan.model.people_parameters], (3, 1))
    own = [
        [],
        [Event(3.0, BOLUS, ROW["drug"], 1.0)],
        [Event(5.0, SET_INPUT, 0, 0.0), Event(1.0, SET_INPUT, 0, 2.0)],  # in any order
    ]
    values = advance(gather(plan.kernel, np.tile(START, (3, 1)), rows, np.zeros((3, 2)), own), np.array([4.0, 50.0]))[0]
    drug = values[:, 0, ROW["drug"]]
    assert drug == pytest.approx([0.0, np.exp(-0.5), 4 * (1 - np.exp(-1.5))], rel=1e-3)
    assert np.abs(values[:, 1, ROW["drug"]]).max() < 1e-6


def test_each_person_has_their_own_protocol(crowd, monkeypatch):
    """In any batch, as if alone."""
    some = only(crowd, slice(0, 20))
    protocols = [Protocol(f"dose {n}", [give("endotoxin", f"{n / 10:g} ng/kg", 9 + n / 60)]) for n in range(20)]
    monkeypatch.setattr(import_module("neuroimmune.simulation"), "BATCH_BYTES", 1)
    found = simulate(some, protocols, days=1)
    for n in (0, 7, 19):
        alone = simulate(only(some, [n]), protocols[n], days=1)
        for name, values in rows_of(found, [n]).items():
            np.testing.assert_array_equal(alone.values[name], values, err_msg=name)
    assert found.provenance["protocol"] == "20 protocols"
    with pytest.raises(InputError, match="19 protocols were given for 20 people; give one for all, or one for each"):
        simulate(some, protocols[1:])


def test_cores_are_those_of_this_process():
    assert 1 <= cores() <= (os.cpu_count() or 1)


# What the kernel is, and where it is kept


def python(code, cache, **environment):
    """Start another Python with its own cache folder."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(TESTS)!r})\n{code}"],
        env={**os.environ, "NEUROIMMUNE_CACHE": str(cache), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def done(process):
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return out, error


COMPILE = """
from toys import Toy
from neuroimmune.simulation import simulate
course = simulate(Toy(), days=1)
assert course["rhythm"].shape == (1, 25)
print(repr(float(course["rhythm"][0, -1])))
"""
ASSEMBLY = """
from neuroimmune.body import Body
from neuroimmune.engine.kernel import compiled
from neuroimmune.engine.trace import trace
run = compiled(trace(Body())).run
print("\\n".join(run.inspect_asm().values()))
"""


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    """A cache folder that two processes filled at once."""
    cache = tmp_path_factory.mktemp("cache")
    both = [python(COMPILE, cache) for _ in range(2)]
    first, second = (done(process)[0] for process in both)
    assert first == second
    return cache


def kept(cache):
    return {
        p: (p.stat().st_mtime_ns, p.stat().st_size) for p in cache.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


@pytest.mark.slow
def test_two_processes_compile_at_once_and_a_third_reuses_it(shared_cache):
    before = kept(shared_cache)
    assert {p.suffix for p in before} - {".pyc"} == {".py", ".nbi", ".nbc"}
    done(python(COMPILE, shared_cache))
    assert kept(shared_cache) == before


@pytest.mark.slow
@pytest.mark.parametrize("suffix, damage", [(".py", "empty"), (".nbc", "cut"), (".nbi", "garbage")])
def test_a_damaged_cache_is_made_anew(shared_cache, tmp_path, suffix, damage):
    for path in kept(shared_cache):
        copy = tmp_path / path.relative_to(shared_cache)
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        if path.suffix == suffix:
            content = {"empty": b"", "cut": content[: len(content) // 2], "garbage": b"\x00nonsense" * 99}[damage]
        copy.write_bytes(content)
    _, error = done(python("import logging; logging.basicConfig()\n" + COMPILE, tmp_path))
    assert suffix == ".py" or "is damaged" in error
    before = kept(tmp_path)
    done(python(COMPILE, tmp_path))
    assert kept(tmp_path) == before


@pytest.mark.slow
@pytest.mark.parametrize("room", [9_000, 60_000], ids=["not even the text", "the text"])
def test_a_full_disk_keeps_no_kernel_but_makes_one(tmp_path, room):
    pytest.importorskip("resource")
    limit = f"""
import resource, signal, logging
logging.basicConfig()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # or what is imported from here on is compiled into files cut short
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
"""
    _, error = done(python(limit + COMPILE, tmp_path))
    assert "compiled kernels cannot be kept in" in error and "File too large" in error
    assert not [path for path in kept(tmp_path) if path.suffix in (".part", ".nbc")]


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_replaced(tmp_path):
    """A path below a regular file: no one can write there, not even root."""
    (tmp_path / "file").write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = "import logging; logging.basicConfig()\n" + COMPILE
    _, error = done(python(code, tmp_path / "file" / "cache", TMPDIR=str(temporary)))
    assert "compiled kernels cannot be kept in" in error and "Not a directory" in error
    assert list(temporary.rglob("*.nbc"))


def test_the_cache_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROIMMUNE_CACHE", str(tmp_path / "some" / "where"))
    assert cache_folder() == tmp_path / "some" / "where" / "kernels"
    assert cache_folder().is_dir()


def test_the_text_of_a_kernel_does_not_depend_on_the_process():
    code = """
import hashlib
from toys import Toy, benchmark_body
from neuroimmune.body import Body
from neuroimmune.engine.compile import kernel_text
from neuroimmune.engine.trace import trace
for system in (Toy(), Body(), benchmark_body()):
    print(hashlib.sha256(kernel_text(trace(system)).encode()).hexdigest())
"""
    processes = [python(code, "unused", PYTHONHASHSEED=seed) for seed in ("1", "2")]
    first, second = (done(process)[0] for process in processes)
    assert first == second and len(first.split()) == 3


def test_a_parameter_does_not_recompile():
    assert kernel_text(trace(Toy())) == kernel_text(trace(Toy(k_drug=9.0, peak=1.0)))
    assert kernel_text(trace(Toy())) != kernel_text(trace(Toy(short=3.0)))
    assert compiled(trace(Toy())) is compiled(trace(Toy(k_drug=9.0)))


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    """Of a kernel compiled now, for one from the cache has none."""
    return done(python(ASSEMBLY, tmp_path_factory.mktemp("empty")))[0]


def functions_of(assembly):
    """Name and text of each function of the kernel."""
    parts = re.split(r"^_ZN\d+kernel_[0-9a-f]{24}(\d+)(\w+):.*$", assembly, flags=re.MULTILINE)
    for length, name, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        yield name[: int(length)], body


def packed_and_single(assembly):
    """How many instructions reckon with several numbers at once, and how many with one."""
    if platform.machine() in ("arm64", "aarch64"):
        packed = r"\bf(?:add|sub|mul|div|sqrt|mla|mls)(?:\.4s|\s+v\d+\.4s)"
        single = r"\bf(?:add|sub|mul|div|sqrt|n?madd|n?msub)\s+s\d+"
    else:
        operation = r"\bv?(?:add|sub|mul|div|sqrt|round|fn?m(?:add|sub)\d*|min|max)"
        packed, single = operation + r"ps\b", operation + r"ss\b"
    return len(re.findall(packed, assembly)), len(re.findall(single, assembly))


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="other names of functions")
def test_the_kernel_is_made_of_packed_instructions(assembly):
    """All of the four that take the time; the rest is changes of inputs in `run`."""
    functions = {name: packed_and_single(body) for name, body in functions_of(assembly)}
    print(functions)
    for name in {"rates", "step", "keep", "errors"} & functions.keys():  # what is small stands inside its caller
        packed, single = functions[name]
        assert packed >= 20 and single == 0, name
    everywhere = np.sum(list(functions.values()), axis=0)
    assert everywhere[1] <= 0.15 * everywhere[0]


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("arm64", "aarch64"), reason="other names of functions")
def test_the_kernel_is_made_of_packed_instructions_on_arm(assembly):
    for name, body in functions_of(assembly):
        if name in ("_rates", "_step", "_keep", "rates", "step", "keep"):
            packed, single = packed_and_single(body)
            assert packed >= 20 and not single, name


def turned(model, by):
    """The same model, whose states are listed from another one on."""
    names = list(model.states)
    states = {name: model.states[name] for name in names[by:] + names[:by]}
    return replace(model, states=states, rates=model.rates[by:] + model.rates[:by])


def twice(model):
    """Two of the same model in one, each with states and parameters of its own."""
    size = len(model.operations)

    def second(operation):
        if operation.kind in (STATE, PARAMETER):
            return Operation(operation.kind, (operation.arguments[0] + "_2",))
        if operation.kind in LEAVES:
            return operation
        return Operation(operation.kind, tuple(a + size for a in operation.arguments))

    return replace(
        model,
        states=model.states | {name + "_2": known for name, known in model.states.items()},
        parameters=model.parameters | {name + "_2": known for name, known in model.parameters.items()},
        operations=(*model.operations, *map(second, model.operations)),
        rates=(*model.rates, *(rate + size for rate in model.rates)),
    )


@pytest.mark.slow
@pytest.mark.parametrize("by", [*range(0, 35, 4), "twice"])
def test_the_rates_are_packed_instructions_whatever_the_model(by):
    """A small change of the body, or its growth, may not make LLVM give up: it once did, and cost three times."""
    model = trace(Body())
    text = kernel_text(twice(model) if by == "twice" else turned(model, by))
    module: dict[str, Any] = {}
    exec(text.partition("# ---- the same for every model ----")[0], module)
    module["rates"].compile("void(float32[::1])")
    (assembly,) = module["rates"].inspect_asm().values()
    packed, single = packed_and_single(assembly)
    assert packed >= 300 and single == 0


# What `rates` may not do


class OneState(NamedTuple):
    x: float = state(1.0, "1", "a state")


def system_with(rates, state_type=OneState):
    rates.__annotations__ = {"y": state_type, "return": state_type}
    fields: dict[str, Any] = {"k": par(1.0, "1/hour", "a rate", MADE_UP)}
    return type("Wrong", (System,), {"__annotations__": {"k": float}, "rates": rates, **fields})()


WRONG = {
    "if": (lambda self, t, y: OneState(-self.k if y.x > 1.0 else self.k), "may not decide with `if`, `and`, `or`"),
    "and": (lambda self, t, y: OneState(y.x and self.k), "use kinetics.where, minimum or maximum"),
    "numpy function": (lambda self, t, y: OneState(np.sin(y.x)), "may not use numpy.sin: use the mathematics of neuro"),
    "numpy reduction": (
        lambda self, t, y: OneState(np.sum(y.x)),
        "may not use numpy.sum: use the mathematics of neuro",
    ),
    "ufunc method": (lambda self, t, y: OneState(np.add.reduce(y.x)), "may not use numpy.add"),
    "library": (lambda self, t, y: OneState(__import__("math").sin(y.x)), "mathematics of neuroimmune.kinetics only"),
    "time": (lambda self, t, y: OneState(self.k * t), "the time `t` through kinetics.circadian only"),
    "time on the left": (lambda self, t, y: OneState(t - self.k), "the time `t` through kinetics.circadian only"),
    "period": (lambda self, t, y: OneState(circadian(t, 8.0, 7.0)), "fixed number that divides 24 hours, not 7.0"),
    "period of people": (lambda self, t, y: OneState(circadian(t, 8.0, self.k)), "fixed number that divides 24 hours"),
    "long period": (lambda self, t, y: OneState(circadian(t, 8.0, 48.0)), "fixed number that divides 24 hours, not 48"),
}


@pytest.mark.parametrize("rates, message", WRONG.values(), ids=WRONG)
def test_what_cannot_be_compiled_is_refused(rates, message):
    with pytest.raises(InputError, match=re.escape(message)):
        trace(system_with(rates))


def test_equality_is_refused_as_well():
    """It would be false of every two terms, silently."""
    with pytest.raises(InputError, match="may not"):
        trace(system_with(lambda self, t, y: OneState(where(y.x == 1.0, self.k, 0.0))))


def test_a_name_stands_once():
    class Inside(NamedTuple):
        x: float = state(1.0, "1", "the same name")

    class Outside(NamedTuple):
        x: float = state(1.0, "1", "a state")
        inside: Inside = Inside()

    globals()["Inside"] = Inside
    try:
        with pytest.raises(InputError, match="uses these names twice: x; rename one of each"):
            trace(system_with(lambda self, t, y: y, Outside))
    finally:
        del globals()["Inside"]


def test_who_overlaps_sums(crowd):
    """Two infusions into one person, and the plain protocol in the others, through the whole of `simulate`."""
    dose = [give("endotoxin", "1 ng/kg", "09:00", over="2 h")] * 2
    twice = simulate(Body(), Protocol("twice", dose, days=1))
    once = simulate(Body(), Protocol("once", [give("endotoxin", "2 ng/kg", "09:00", over="2 h")], days=1))
    same(once, twice)
    assert load_protocol("endotoxin").happenings[0].duration == 0.0
