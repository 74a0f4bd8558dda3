"""Portraits in batches: resumed after any stop, one writer, one failure stops no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import ParameterError, TerritoryError
from portrea.cli import main
from portrea.steering import batch, batch_work
from portrea.steering.batch import expand, make_portraits
from portrea.steering.batch_folder import LOCK, MANIFEST, BatchFolder
from portrea.steering.batch_work import DIED, Done, Job, make, work
from portrea.steering.downloads import portrait_file
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.sources.store import Store

COMMUNES = [f"commune:3500{n}" for n in range(1, 6)]


@pytest.fixture(autouse=True)
def same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the code once for all: it is edited while the tests run on a developer's machine."""
    monkeypatch.setattr(batch, "code_digest", lambda: "code")


@pytest.fixture
def reader(mini_store: Store) -> Reader:
    return Reader(mini_store)


@pytest.fixture
def at_home(mini_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PORTREA_HOME", str(mini_store.home))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["portrait", *arguments])
    return int(stopped.value.code or 0)


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != LOCK}


def one_by_one(reader: Reader, keys: list[str], form: str) -> dict[str, bytes]:
    resolve = reader.gazetteer.resolve
    return {
        f"portrait-{key.replace(':', '-')}.{form}": portrait_file(reader, resolve(key), form)
        for key in keys
    }


def portraits(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if name != MANIFEST}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("commune:*", COMMUNES),
        ("commune:3500?", COMMUNES),
        ("commune:*4", ["commune:35004"]),
        ("epci:2435*", ["epci:243500618"]),
        ("departement:*,commune:35001", ["departement:35", "commune:35001"]),
        ("commune:*,commune:35001", COMMUNES),
    ],
)
def test_a_pattern_names_territories_once(reader: Reader, text: str, expected: list[str]) -> None:
    assert expand(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ("*", ParameterError, "de quel niveau"),
        ("pays:*", ParameterError, "de quel niveau"),
        ("commune:29*", TerritoryError, "Aucun territoire"),
    ],
)
def test_a_pattern_that_names_nothing_is_refused(
    reader: Reader, text: str, error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        expand(reader, text)


def test_a_batch_is_the_portraits_one_by_one(reader: Reader, tmp_path: Path) -> None:
    outcome = make_portraits(reader, COMMUNES, tmp_path / "lot", processes=2)
    assert sorted(outcome.made) == COMMUNES
    assert portraits(tmp_path / "lot") == one_by_one(reader, COMMUNES, "pdf")


def test_what_is_done_is_kept_and_what_was_changed_is_made_again(
    reader: Reader, tmp_path: Path
) -> None:
    folder = tmp_path / "lot"
    make_portraits(reader, COMMUNES, folder, form="csv", processes=1)
    before = files(folder)
    (folder / "portrait-commune-35002.csv").write_text("écrasé", "utf-8")
    (folder / "portrait-commune-35003.csv").unlink()
    manifest = folder / MANIFEST
    lines = manifest.read_text("utf-8").splitlines(keepends=True)
    other = json.loads(lines[3]) | {"state": "un calcul d’avant"}
    manifest.write_text("".join([*lines[:3], json.dumps(other), "\n", lines[4][:20]]), "utf-8")
    outcome = make_portraits(reader, COMMUNES, folder, form="csv", processes=1)
    assert outcome.kept == ["commune:35001"]
    assert sorted(outcome.made) == COMMUNES[1:]
    assert files(folder) == before


def test_a_killed_batch_is_taken_up_again(
    reader: Reader, mini_store: Store, tmp_path: Path
) -> None:
    """Killed without warning in the middle: the next run ends it, and nothing tells them apart."""
    folder, whole = tmp_path / "lot", tmp_path / "whole"
    program = (
        "from portrea.steering import batch; batch.code_digest = lambda: 'code'; "
        "from portrea.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "portrait", "commune:*", "-o", str(folder)]
    environment = os.environ | {"PORTREA_HOME": str(mini_store.home)}
    with subprocess.Popen(
        [*command, "--processus", "1"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        manifest = folder / MANIFEST
        while running.poll() is None and not (manifest.is_file() and manifest.read_bytes()):
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
    (folder / ".portrait-commune-35005.pdf.1.draft").write_bytes(b"%PDF-")
    made = [c for name, c in portraits(folder).items() if not name.startswith(".")]
    assert made
    assert all(content.rstrip().endswith(b"%%EOF") for content in made)
    outcome = make_portraits(reader, COMMUNES, folder, processes=1)
    assert outcome.total == len(COMMUNES)
    assert "commune:35001" in outcome.kept
    make_portraits(reader, COMMUNES, whole, processes=1)
    assert files(folder) == files(whole)


def test_two_batches_at_once_are_refused_kindly(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BatchFolder(at_home / "lot").held():
        assert run("commune:*", "-o", "lot") == ParameterError.exit_code
        assert "Un autre lot" in capsys.readouterr().err
    assert portraits(at_home / "lot") == {}


def test_one_failure_stops_no_other(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (at_home / "lot" / "portrait-commune-35002.json").mkdir(parents=True)
    assert run("commune:*", "-o", "lot", "--format", "json", "--processus", "1") == 3
    said = capsys.readouterr()
    assert "5 portraits dans lot : 4 faits" in said.out
    assert "1 en échec" in said.out
    assert "commune:35002 : c’est un dossier" in said.err
    written = [p.name for p in (at_home / "lot").glob("*.json") if p.is_file()]
    assert len(written) == 4


def job_of(reader: Reader, folder: Path, **changes: str) -> Job:
    given = {"territory": "commune:35001", "computation": reader.computation_id} | changes
    return Job(
        str(reader.store.home), str(folder), given["territory"], "x.csv", "csv",
        given["computation"], "état",
    )  # fmt: skip


def test_a_fault_is_told_in_french(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Territoire inconnu" in make(job_of(reader, tmp_path, territory="commune:99999")).fault
    assert "Relancez" in make(job_of(reader, tmp_path, computation="ancien")).fault

    def broken(*_: object) -> bytes:
        raise ValueError("x")

    monkeypatch.setattr(batch_work, "portrait_file", broken)
    assert make(job_of(reader, tmp_path)).fault == "défaut du programme, ValueError : x"
    assert list(tmp_path.glob("*.csv")) == []


class Deadly(Job):
    """A job that ends the process that receives it, as the system does for lack of memory."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def test_a_process_that_dies_loses_its_own_portrait_only(reader: Reader, tmp_path: Path) -> None:
    fine = job_of(reader, tmp_path)
    found: list[Done] = list(work([Deadly(*("",) * 7), fine, fine], 1))
    assert [done.fault for done in found if done.written is None] == [DIED]
    assert sum(done.written is not None for done in found) == 2


def test_processes_are_bounded_by_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "processors", lambda: 4)
    for free, expected in ((0.5, 1), (2.2, 2), (64.0, 4)):
        monkeypatch.setattr(batch, "_free_gib", lambda free=free: free)
        assert batch.usable_processes() == expected


def test_the_folder_must_be_writable(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (at_home / "fichier").write_text("", "utf-8")
    assert run("commune:*", "-o", "fichier") == ParameterError.exit_code
    assert "Impossible d’écrire dans le dossier" in capsys.readouterr().err
