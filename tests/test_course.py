"""Results: named, with units, drawn, saved whole or not at all, and refused when damaged."""

import errno
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import neuroimmune as ni
from neuroimmune.body import Body
from neuroimmune.errors import InputError, SavedFileError
from neuroimmune.population import People, people
from neuroimmune.protocol import Protocol, give
from neuroimmune.simulation import make_plan, simulate
from neuroimmune.storage import load, record, save_course
from toys import Toy

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def course():
    return simulate(people(Body(), 5, seed=2), "endotoxin", days=1)


def same(a, b):
    assert list(a.values) == list(b.values)
    for name, values in a.values.items():
        np.testing.assert_array_equal(values, b.values[name], err_msg=name)
    np.testing.assert_array_equal(a.times, b.times)
    np.testing.assert_array_equal(a.people, b.people)
    assert (a.variables, a.failed, a.not_at_rest, a.provenance) == (b.variables, b.failed, b.not_at_rest, b.provenance)


def test_a_series_knows_its_unit_and_meaning(course):
    il6 = course["il6"]
    assert il6.dims == ("person", "time") and il6.shape == (5, 25)
    assert il6.attrs == {"units": "pg/mL", "long_name": "interleukin-6 in plasma"}
    assert il6["time"].attrs["units"] == "hour"
    assert float(il6.sel(person=3, time=9.0)) == course.values["il6"][3, 9]
    assert "il6" in course and "il66" not in course and len(course) == 5
    with pytest.raises(InputError, match="the course holds no 'il66'; did you mean il6?"):
        course["il66"]


def test_in_words(course):
    assert repr(course).startswith("<course of 5 people, 0 to 24 hours, protocol endotoxin: endotoxin, ")
    assert "il6" in course._repr_html_()


def test_table(course):
    table = course.to_dataframe()
    assert table.index.names == ["person", "time"] and len(table) == 5 * 25
    assert table.attrs["units"]["il6"] == "pg/mL" and set(table.columns) == set(course.values)
    assert table.loc[(3, 9.0), "il6"] == course.values["il6"][3, 9]


def test_keep_and_daily():
    hourly = simulate(Body(), "endotoxin", days=2, keep=["tnf", "crh"])
    assert list(hourly.values) == ["tnf", "crh"]
    daily = simulate(Body(), "endotoxin", days=2, keep=["tnf", "crh"], daily=["mean", "max", "min"])
    assert daily.times.tolist() == [24.0, 48.0]
    assert (
        daily.variables["tnf_max"].meaning.endswith(", max of the day") and daily.variables["tnf_max"].unit == "pg/mL"
    )
    for day in (0, 1):
        of_day = hourly.values["tnf"][0, 1 + 24 * day : 25 + 24 * day]
        assert daily.values["tnf_max"][0, day] == of_day.max()
        assert daily.values["tnf_min"][0, day] == of_day.min()
        assert daily.values["tnf_mean"][0, day] == pytest.approx(of_day.mean())
    with pytest.raises(InputError, match="there is no 'tnf_max' to keep"):
        simulate(Body(), days=1, keep=["tnf_max"], daily=["max"])


def test_start():
    """From given states; the others are those of the resting day."""
    quiet = simulate(Body(), days=1)
    ill = simulate(Body(), days=1, start={"il6": 50.0})
    assert ill.values["il6"][0, 0] == 50.0
    assert ill.values["cortisol"][0, 0] == quiet.values["cortisol"][0, 0]
    assert ill.provenance["start"] == {"il6": 50.0} and quiet.provenance["start"] == "resting day"


def test_provenance(course):
    known = course.provenance
    assert (known["schema"], known["package"], known["seed"], known["days"]) == (1, ni.__version__, 2, 1)
    assert known["happenings"]["in_words"] == ["endotoxin 2 ng/kg at day 0 09:00"]
    assert known["solver"]["lanes"] == 16 and known["solver"]["kernel"].startswith("kernel_")
    assert "not medical advice" in known["notice"]
    others = (Body(), Body(il6_on_crh=1.0), people(Body(), 1), Toy())
    found = [simulate(one, days=1).provenance for one in others]
    assert len({(each["model"], each["traits"]) for each in found}) == 4


def test_provenance_tells_apart_what_words_do_not():
    """A dose 30 s later, and another policy, are other runs."""
    at = [simulate(Body(), Protocol("d", [give("endotoxin", "1 ng/kg", at=h)]), days=1) for h in (9.0, 9.008)]
    assert at[0].provenance["happenings"] != at[1].provenance["happenings"]

    def idle(day):
        pass

    def calm(day):
        day.levels["stress"][:] = 0.0

    policies = [simulate(Body(), days=1, policy=each).provenance["policy"] for each in (None, idle, calm)]
    assert len({str(each) for each in policies}) == 3
    with pytest.raises(InputError, match="needs a policy with a name"):
        record(make_plan(Body(), days=1, policy=lambda day: None), "nowhere")


# Figures


@pytest.mark.parametrize("kind, begins", [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_figures(course, tmp_path, kind, begins):
    path = tmp_path / "new" / f"figure.{kind}"
    figure = course.plot(["il6", "temperature", "cortisol"], path=path)
    assert path.read_bytes().startswith(begins)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    axes = [axis for axis in figure.axes if axis.get_visible()]
    assert [axis.get_ylabel() for axis in axes] == ["pg/mL", "K", "nmol/L"]
    assert figure.get_size_inches()[0] == 3.5


def test_figures_of_everything(course):
    assert len(course.plot().axes) >= len(course.values)


def test_figures_that_cannot_be(course, tmp_path):
    with pytest.raises(InputError, match="can be saved as .png, .pdf or .svg, not 'figure.jpeg'"):
        course.plot(["il6"], path=tmp_path / "figure.jpeg")
    with pytest.raises(InputError, match="the course holds no 'il5'; did you mean il"):
        course.plot(["il5"])
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedFileError, match="cannot write .*figure.png: .*; no half-written file was left"):
        course.plot(["il6"], path=tmp_path / "file" / "figure.png")


# Saving


def test_saved_and_loaded_is_the_same(course, tmp_path):
    path = course.save(tmp_path / "new" / "course.zarr.zip")
    same(course, load(path))
    same(course, ni.load(str(path)))
    assert list(load(path, keep=["tnf", "il6"]).values) == ["tnf", "il6"]
    assert [p.name for p in path.parent.iterdir()] == ["course.zarr.zip"]
    assert ni.SavedFileError is SavedFileError


def test_failures_are_saved(tmp_path):
    group = People(Toy(), {"k_burst": np.array([0.0, 0.2])}, np.array([4, 9]))
    start = {name: q.value for name, q in make_plan(Toy()).model.states.items()}
    course = simulate(group, days=1, start=start)
    assert list(course.failed) == [9]
    same(course, load(course.save(tmp_path / "course.zarr.zip")))


def test_saving_again_replaces(course, tmp_path):
    path = tmp_path / "course.zarr.zip"
    simulate(Body(), days=1).save(path)
    same(course, load(course.save(path)))


def test_loading_what_is_not_there(course, tmp_path):
    path = course.save(tmp_path / "course.zarr.zip")
    with pytest.raises(SavedFileError, match="there is no saved course at .*none.zip"):
        load(tmp_path / "none.zip")
    with pytest.raises(InputError, match="holds no 'il66'; did you mean il6?"):
        load(path, keep=["il66"])
    with pytest.raises(SavedFileError, match="holds no recorded run: there is no manifest.json in it"):
        load(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99, 0.9999])
def test_a_course_cut_short_is_refused(course, tmp_path, share):
    path = course.save(tmp_path / "course.zarr.zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(SavedFileError, match=r"is damaged or cut short \(.*\); it cannot be used"):
        load(path)


def test_no_flipped_bit_is_taken_for_a_result(course, tmp_path):
    """Wherever it is: refused, or, in what a zip file does not read, without effect."""
    path = course.save(tmp_path / "course.zarr.zip")
    content = path.read_bytes()
    refused = 0
    for position in np.random.default_rng(1).integers(0, len(content), 150):
        damaged = bytearray(content)
        damaged[position] ^= 0x10
        path.write_bytes(damaged)
        try:
            found = load(path)
        except SavedFileError as error:
            refused += "damaged" in str(error)
        else:
            same(course, found)
    assert refused > 75


def rewritten(path, name, change):
    """The zip with one of its files changed, and right checksums."""
    with zipfile.ZipFile(path) as file:
        content = {n: file.read(n) for n in file.namelist()}
    content[name] = change(content[name])
    with zipfile.ZipFile(path, "w") as file:
        for n, bits in content.items():
            file.writestr(n, bits)


def test_another_schema_is_refused(course, tmp_path):
    path = course.save(tmp_path / "course.zarr.zip")

    def older(text):
        attributes = json.loads(text)
        attributes["attributes"] |= {"schema": "0", "package": '"0.0.1"'}
        return json.dumps(attributes)

    rewritten(path, "zarr.json", older)
    with pytest.raises(SavedFileError) as error:
        load(path)
    assert "has schema 0, written by neuroimmune 0.0.1; this version reads schema 1; read it with that version" in str(
        error.value
    )


@pytest.mark.parametrize(
    "change", [lambda text: b"{}", lambda text: b"nonsense", lambda text: b'{"zarr_format": 3, "node_type": "group"}']
)
def test_what_is_no_course_is_refused(course, tmp_path, change):
    path = course.save(tmp_path / "course.zarr.zip")
    rewritten(path, "zarr.json", change)
    with pytest.raises(SavedFileError, match="course.zarr.zip"):
        load(path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("letter.txt", "hello")
    with pytest.raises(SavedFileError, match="other.zip is not a saved course"):
        load(tmp_path / "other.zip")


def test_a_failed_save_leaves_what_was_there(course, tmp_path, monkeypatch):
    path = tmp_path / "course.zarr.zip"
    before = simulate(Body(), days=1)
    before.save(path)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("neuroimmune.files.os.fsync", full)
    with pytest.raises(SavedFileError, match="cannot write .*: No space left on device; no half-written file was left"):
        course.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["course.zarr.zip"]
    same(before, load(path))


def test_a_folder_that_cannot_be_written(course, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedFileError, match="cannot write .*course.zip: .*; no half-written file was left"):
        course.save(tmp_path / "file" / "course.zip")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, {tests!r})
from neuroimmune.body import Body
from neuroimmune.simulation import simulate
course = simulate(Body(), days=1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # or what is imported from here on is compiled into files cut short
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    course.save({path!r})
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    pytest.importorskip("resource")
    code = FULL_DISK.format(tests=str(TESTS), path=str(tmp_path / "course.zarr.zip"))
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert found.stdout.startswith("SavedFileError cannot write "), found.stderr
    assert "File too large; no half-written file was left" in found.stdout
    assert list(tmp_path.iterdir()) == []


# Recording batch by batch


@pytest.fixture
def plan(monkeypatch):
    """Forty people in three batches."""
    monkeypatch.setattr(import_module("neuroimmune.simulation"), "BATCH_BYTES", 1)
    return make_plan(people(Body(), 40, seed=5), "endotoxin", days=1)


def files(folder):
    return {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}


def test_recorded_is_simulated(plan, tmp_path):
    told = []
    folder = record(plan, tmp_path / "run", told.append)
    assert sorted(files(folder)) == [*(f"batch-0000{n}.zarr.zip" for n in range(3)), "manifest.json"]
    same(load(folder), simulate(people(Body(), 40, seed=5), "endotoxin", days=1))
    assert list(load(folder, keep=["il6"]).values) == ["il6"]
    assert told == sorted(told) and told[-1] == pytest.approx(1.0)


def interrupted(plan, folder, monkeypatch, after):
    """Record until the disk is full."""
    saved = []

    def full(course, path):
        if len(saved) == after:
            raise SavedFileError(f"cannot write {path}: No space left on device; no half-written file was left")
        saved.append(path)
        return save_course(course, path)

    with monkeypatch.context() as patch:
        patch.setattr("neuroimmune.storage.save_course", full)
        with pytest.raises(SavedFileError) as error:
            record(plan, folder)
    return str(error.value)


def test_an_interrupted_run_says_what_is_kept_and_goes_on(plan, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    message = interrupted(plan, folder, monkeypatch, after=2)
    assert "No space left on device" in message
    assert f"2 of 3 batches are kept in {folder}: run again to go on" in message
    with pytest.raises(
        SavedFileError, match=r"run is not complete: 1 of 3 batches are missing; run the same command again"
    ):
        load(folder)
    before = files(folder)
    record(plan, folder)
    after = files(folder)
    assert {name: after[name] for name in before} == before and len(after) == 4
    same(load(folder), simulate(people(Body(), 40, seed=5), "endotoxin", days=1))
    assert files(record(plan, folder)) == after


def test_nothing_kept_is_said_as_well(plan, tmp_path, monkeypatch):
    message = interrupted(plan, tmp_path / "run", monkeypatch, after=0)
    assert "0 of 3 batches are kept" in message


def test_a_hole_is_filled(plan, tmp_path):
    folder = record(plan, tmp_path / "run")
    before = load(folder)
    (folder / "batch-00001.zarr.zip").unlink()
    same(before, load(record(plan, folder)))


def test_the_folder_of_another_run_is_refused(plan, tmp_path):
    folder = record(plan, tmp_path / "run")
    before = files(folder)
    others = {
        "days": make_plan(people(Body(), 40, seed=5), "endotoxin", days=2),
        "seed, traits": make_plan(people(Body(), 40, seed=6), "endotoxin", days=1),
        "happenings, protocol": make_plan(
            people(Body(), 40, seed=5), Protocol("other", [give("endotoxin", "1 ng/kg", 9.0)]), days=1
        ),
        "every_hours": make_plan(people(Body(), 40, seed=5), "endotoxin", days=1, every=0.5),
    }
    for different, other in others.items():
        with pytest.raises(InputError) as error:
            record(other, folder)
        message = str(error.value)
        assert "holds another run (" in message and message.endswith("); choose another folder or delete it")
        assert re.findall(r"(?:(\w+) is .*? there and|other (\w+) there)", message) == [
            ("", name) if name in ("traits", "happenings") else (name, "") for name in different.split(", ")
        ]
    assert files(folder) == before


def test_a_folder_with_other_things_is_left_alone(plan, tmp_path):
    (tmp_path / "letter.txt").write_text("hello")
    with pytest.raises(InputError, match="is not empty and holds no recorded run; choose another folder"):
        record(plan, tmp_path)
    assert list(files(tmp_path)) == ["letter.txt"]


def test_a_damaged_manifest_is_named(plan, tmp_path):
    folder = record(plan, tmp_path / "run")
    (folder / "manifest.json").write_text('{"schema":')
    with pytest.raises(SavedFileError, match=r"manifest.json cannot be read"):
        load(folder)


def test_a_damaged_batch_is_named(plan, tmp_path):
    folder = record(plan, tmp_path / "run")
    (folder / "batch-00001.zarr.zip").write_bytes(b"")
    with pytest.raises(SavedFileError, match=r"batch-00001.zarr.zip is damaged or cut short"):
        load(folder)
