"""The site reads the store and never writes it (decision 0001)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portrea.base.provenance import Provenance
from portrea.sources.store import Store
from web.pages import EPCI, PAGES

if TYPE_CHECKING:
    from django.test import Client

WEB = Path(__file__).resolve().parents[2] / "src/portrea/web"
DOWNLOADS = ("portrait.pdf", "donnees.json", "donnees.csv", "donnees.geojson")
WRITERS = {
    "write_dataset", "write_datasets", "write_computation", "switch_to", "remove_dataset", "prune",
    "add_path", "load_embedded", "build_map", "build_tiles",
}  # fmt: skip
"""What changes the store or the tiles: only commands and background tasks call it."""


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file and folder: a file made then removed shows on its folder."""
    paths = [folder, *folder.rglob("*")]
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in paths if p.exists()}


def test_no_page_nor_download_touches_the_store(site: Client, demo_home: Path) -> None:
    before = state(demo_home / "store")
    assert len(before) > 10
    for address in (*PAGES, *(EPCI + name for name in DOWNLOADS), "/carte/valeurs/a1.json"):
        assert site.get(address).status_code == 200, address
    assert site.get("/territoires/commune/99999/").status_code == 404
    assert state(demo_home / "store") == before


def test_the_guard_sees_a_write(tmp_path: Path) -> None:
    """Taking the writers' lock, or writing anything, would be seen."""
    from portrea.vocab.tables import OBSERVATIONS

    store = Store(tmp_path)
    card = Provenance("essai", "Essai", "Essai", "2021")
    store.write_dataset(card, {"observations": OBSERVATIONS.empty()})
    before = state(store.root)
    (store.root / "datasets" / "brief").touch()
    (store.root / "datasets" / "brief").unlink()
    assert state(store.root) != before


def called(path: Path) -> set[str]:
    """Names of the functions and methods that a module calls or imports."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return names | {
        a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names
    }


def test_no_module_of_the_site_can_write_the_store() -> None:
    found = {path.name: called(path) & WRITERS for path in WEB.rglob("*.py")}
    assert not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_the_writers_exist(name: str) -> None:
    """A renamed writer must be renamed here too."""
    assert any(f"def {name}(" in path.read_text("utf-8") for path in WEB.parent.rglob("*.py"))
