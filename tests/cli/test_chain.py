"""The commands one after the other, as on a machine: load, check, compute, draw, print, show."""

from __future__ import annotations

import dataclasses
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.cli import demo as demo_module
from portrea.cli import portrea
from portrea.sources import fetch as fetching
from portrea.sources.catalogue import catalogue
from portrea.sources.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

MINIATURE = Path(__file__).parents[1] / "data" / "miniature"
BASE = "base-ic-evol-struct-pop-2020.CSV"


def run(*words: object) -> Result:
    """Run one ``portrea`` command that must succeed."""
    done = CliRunner().invoke(portrea, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def stamps(folder: Path) -> dict[str, int]:
    """When each file was written, but those of the database in use."""
    kept = (p for p in folder.rglob("*") if p.is_file() and "sqlite" not in p.name)
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in kept}


# -- fetch -----------------------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A producer's site on this machine, serving an official layout; its catalogue entry's id."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(MINIATURE)))
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    known = catalogue()["insee-rp-iris-population"]
    address = f"http://127.0.0.1:{http.server_port}/{BASE}"
    served = dataclasses.replace(known, url=address, file_name=None, sha256=None)
    monkeypatch.setattr(fetching, "entry", lambda name: {known.id: served}[name])
    yield known.id
    http.shutdown()
    thread.join()
    http.server_close()


def test_fetch_downloads_then_loads(home: Path, producer: str) -> None:
    """The downloaded file is kept, recognised and in the store, with its progress shown."""
    done = run("data", "fetch", producer)
    assert (home / "downloads" / BASE).read_bytes() == (MINIATURE / BASE).read_bytes()
    assert "Téléchargement" in done.stderr
    assert "Chargement" in done.stderr
    assert f"Chargé : {BASE}" in done.stdout
    (dataset,) = Store().datasets()
    assert dataset.provenance.source == "insee_recensement"
    again = run("data", "fetch", producer)
    assert "Déjà chargé, rien n’a changé" in again.stdout
    assert [d.id for d in Store().datasets()] == [dataset.id]


# -- the store of a département --------------------------------------------------------------------


@pytest.mark.slow
def test_check_compute_map_and_portrait(demo_copy: Path, tmp_path: Path) -> None:
    assert "aucun défaut" in run("data", "check").stdout
    first = Store().current()
    assert first is not None
    added = run("data", "add", MINIATURE / BASE)
    assert "Pour publier : portrea compute" in added.stdout
    computed = run("compute", "--draws", 50)
    current = Store().current()
    assert current is not None
    assert current.id != first.id
    assert f"Calcul {current.id} en service" in computed.stdout
    assert re.search(r"Calcul : +\d+% ", computed.stderr)
    drawn = run("map", "build")
    assert re.search(r"\d+ communes dessinées", drawn.stdout)
    assert re.search(r"Fond de carte : +\d+% ", drawn.stderr)
    assert list((demo_copy / "tiles").glob("communes-*.pmtiles"))
    pdf = tmp_path / "portrait.pdf"
    run("portrait", "243500550", "-o", pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")


# -- demo ------------------------------------------------------------------------------------------


@pytest.fixture
def without_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the site's files and database: tests/test_package.py runs the whole command."""
    monkeypatch.setattr(demo_module, "prepare_site", lambda: None)
    monkeypatch.setattr(demo_module, "_lists", lambda store: "")
    monkeypatch.setattr(demo_module, "_census", lambda store, progress: None)


@pytest.mark.slow
def test_demo_twice_does_the_work_once(
    home: Path, without_site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time nothing is loaded, computed, drawn nor written, and it says the same."""
    words = ("demo", "--no-serve", "--departements", "35")
    first = run(*words)
    for step in ("Données embarquées", "Calcul", "Fond de carte", "Portrait PDF"):
        assert f"{step} : " in first.stderr
    before = stamps(home)
    assert "store/current" in before

    def refuse(*args: object) -> None:
        raise AssertionError("what is done is done again")

    for step in ("_load", "_compute", "_tiles", "_portrait"):
        monkeypatch.setattr(demo_module, step, refuse)
    again = run(*words)
    assert stamps(home) == before
    assert again.stdout == first.stdout
    assert "http://127.0.0.1:8000/" in again.stdout
    assert "%" not in again.stderr


@pytest.mark.slow
def test_demo_does_again_what_is_out_of_date(
    home: Path, without_site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result that has gone, or another code, is made anew; the rest is kept."""
    done: list[str] = []

    def make(name: str, path: str) -> None:
        def step(store: Store, *rest: object) -> None:
            done.append(name)
            target = store.home / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(name, "utf-8")

        monkeypatch.setattr(demo_module, name, step)

    for name, path in (
        ("_load", "store/manifest.json"),
        ("_compute", "store/current"),
        ("_tiles", "tiles"),
        ("_portrait", "portraits/epci-243500550.pdf"),
    ):
        make(name, path)
    run("demo", "--no-serve", "--departements", "35")
    assert done == ["_load", "_compute", "_tiles", "_portrait"]
    done.clear()
    run("demo", "--no-serve", "--departements", "35")
    assert done == []
    (home / "tiles").unlink()
    run("demo", "--no-serve", "--departements", "35")
    assert done == ["_tiles"]
    done.clear()
    monkeypatch.setattr(demo_module, "code_digest", lambda: "another")
    run("demo", "--no-serve", "--departements", "35")
    assert done == ["_load", "_compute", "_tiles", "_portrait"]


def test_demo_refuses_an_unknown_departement(home: Path, without_site: None) -> None:
    done = CliRunner().invoke(portrea, ["demo", "--no-serve", "--departements", "35,99"])
    assert done.exit_code != 0
    assert "Département inconnu : 99" in str(done.exception)
    assert not home.exists()
