"""The worked cases of the documentation, computed again from the real files and read again.

The pages are written by ``scripts/cas.py``; here nothing may have changed, and three figures are
made again by plain loops.
"""

from __future__ import annotations

import importlib.util
import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.steering.what_if_ground import Question, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from portrea.steering.what_if_ground import Ground

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "cas").glob("*.md"))
BROCELIANDE = "epci:243500618"
ADDED = "mairies:35319"
SOON = ("phrase", "besoin", "acces", "ferme")
"""Blocks made again for the second case: the others take the whole of a minute."""


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cas", ROOT / "scripts" / "cas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


# -- the pages themselves, without the files -------------------------------------------------------


def test_each_case_has_its_page_its_map_and_its_blocks() -> None:
    cas = script()
    assert {case.page for case in cas.CASES} == {path.stem for path in PAGES}
    for path in PAGES:
        text = path.read_text("utf-8")
        blocks = {found[2]: found[0] for found in cas.BLOCK.finditer(text)}
        assert set(blocks) == set(cas.BLOCKS)
        assert all(len(block.splitlines()) > 2 for block in blocks.values())
        assert f"]({path.stem}.svg)" in text
        drawing = path.with_suffix(".svg").read_text("utf-8")
        assert drawing.startswith("<svg")
        assert len(drawing) < 150_000
        assert len(text.splitlines()) <= 165
        for part in ("Un technicien le croirait-il", "À vérifier par téléphone", "Les limites"):
            assert part in text


# -- from the real files ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_home(whole_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of the embedded data and of the shared files, computed as the script does."""
    path = tmp_path_factory.mktemp("cas") / "home"
    shutil.copytree(whole_home[0], path)
    script().compute_home(path)
    return path


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_pages_say_what_the_real_files_give(
    page: Path, real_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTREA_HOME", str(real_home))
    cas = script()
    (study,) = (one for one in cas.studies(real_home) if one.case.page == page.stem)
    text = page.read_text("utf-8")
    names = SOON if page.stem == "7-vallees" else cas.BLOCKS
    assert cas.rewritten(text, study.blocks(names)) == text, "run scripts/cas.py, read the pages"
    if names is not SOON:
        assert study.drawing() + "\n" == page.with_suffix(".svg").read_text("utf-8")


def haversine(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Return the kilometres between two points."""
    north, south = math.radians(one["latitude"]), math.radians(other["latitude"])
    west = math.radians(one["longitude"] - other["longitude"])
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(west / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def near(ground: Ground, keys: Sequence[str], limit: float) -> float:
    """Return the persons within a number of minutes of a place, one by one."""
    cells, persons = ground.problem.minutes.toarray(), 0.0
    for row in range(len(ground.demand.codes)):
        times = [cells[row, ground.row_of[key]] for key in keys]
        if any(0 < minutes <= limit for minutes in times):
            persons += float(ground.demand.persons[row])
    return persons


@pytest.mark.slow
@pytest.mark.shared
def test_minutes_by_hand(real_home: Path) -> None:
    reader = Reader(Store(real_home))
    ground = prepare(reader, reader.gazetteer.resolve(BROCELIANDE), Question(told=True))
    text = (ROOT / "docs/cas/broceliande.md").read_text("utf-8")
    zones = {row["code"]: row for row in reader.snapshot.territories.to_dicts()}
    rows = {str(code): row for row, code in enumerate(ground.demand.codes)}
    cells = ground.problem.minutes.toarray()[:, ground.row_of[ADDED]]
    away = haversine(zones["350370000"], ground.place(ADDED))
    assert away * 1.3 / 50 * 60 == pytest.approx(cells[rows["350370000"]], abs=1e-3)
    assert f"{away:.3f} km".replace(".", ",") in text
    inside = 0.5 * math.sqrt(zones["353190000"]["area_km2"] / math.pi)
    assert inside * 1.3 / 50 * 60 == pytest.approx(cells[rows["353190000"]], abs=1e-3)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    ("page", "territory", "added"),
    [("broceliande", BROCELIANDE, ADDED), ("7-vallees", "epci:200044030", "mairies:62282")],
)
def test_who_is_near_counted_one_by_one(
    real_home: Path, page: str, territory: str, added: str
) -> None:
    reader = Reader(Store(real_home))
    ground = prepare(reader, reader.gazetteer.resolve(territory), Question(told=True))
    today = ground.places.filter("serves")["id"].to_list()
    before, after = near(ground, today, 10), near(ground, [*today, added], 10)
    total = float(ground.demand.persons.sum())
    text = (ROOT / f"docs/cas/{page}.md").read_text("utf-8").replace("\n", " ")
    assert f"{before:.0f} puis {after:.0f} personnes" in text
    assert f"sur {total:.0f}" in text
