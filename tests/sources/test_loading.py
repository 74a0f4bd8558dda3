"""Files and folders into the store: whole or not at all, twice is once, refusals are told."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from portrea.base.errors import DataError
from portrea.sources.loading import add_path, load_path
from portrea.sources.recognise import TOOLS, packages, recognise, sources
from portrea.sources.source import Peek
from portrea.sources.store import Store

MINIATURE = Path(__file__).parents[1] / "data" / "miniature"
BASE = MINIATURE / "base-ic-evol-struct-pop-2020.CSV"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def test_card_says_where_the_file_comes_from(store: Store) -> None:
    (added,) = add_path(store, BASE, today="2026-11-21").added
    card = added.dataset.provenance
    assert card.sha256 == hashlib.sha256(BASE.read_bytes()).hexdigest()
    assert (card.file_name, card.retrieved, card.vintage) == (BASE.name, "2026-11-21", "2020")
    assert added.new


def test_same_file_twice_changes_nothing(store: Store) -> None:
    add_path(store, BASE, today="2026-11-21")
    manifest = (store.root / "manifest.json").read_bytes()
    (again,) = add_path(store, BASE, today="2026-11-21").added
    assert not again.new
    assert (store.root / "manifest.json").read_bytes() == manifest


def test_refused_file_leaves_the_store_unchanged(store: Store, tmp_path: Path) -> None:
    add_path(store, BASE)
    manifest = (store.root / "manifest.json").read_bytes()
    cut = tmp_path / "base-ic-evol-struct-pop-2021.csv"
    cut.write_text("IRIS;P21_POP;P21_POP65P\n352380101;10;2\n352380102;5")
    with pytest.raises(DataError, match="coupé"):
        add_path(store, cut)
    assert (store.root / "manifest.json").read_bytes() == manifest


def test_archive_with_its_dictionary(store: Store, tmp_path: Path) -> None:
    """As INSEE publishes: the data and ``meta_*.CSV`` in one zip."""
    path = tmp_path / "base-ic-evol-struct-pop-2020_csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(BASE, BASE.name)
        archive.write(MINIATURE / f"meta_{BASE.name}", f"meta_{BASE.name}")
    assert len(add_path(store, path).added) == 1


def test_folder_loads_ignores_and_refuses(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    (folder / "sous-dossier").mkdir(parents=True)
    shutil.copy(BASE, folder / "sous-dossier")
    shutil.copy(MINIATURE / f"meta_{BASE.name}", folder)
    (folder / "inconnu.csv").write_text("x;y\n1;2\n")
    (folder / "image.png").write_bytes(b"x")
    (folder / "vide.csv").touch()
    shares: list[float] = []
    report = add_path(store, folder, lambda share, step: shares.append(share))
    assert [item.path.name for item in report.added] == [BASE.name]
    reasons = {path.name: reason for path, reason in report.ignored}
    assert set(reasons) == {f"meta_{BASE.name}", "inconnu.csv", "image.png"}
    assert "dictionnaire" in reasons[f"meta_{BASE.name}"]
    assert [path.name for path, _ in report.refused] == ["vide.csv"]
    assert report.failed
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_folder_without_refusal_succeeds(store: Store, tmp_path: Path) -> None:
    shutil.copy(BASE, tmp_path)
    (tmp_path / "note.txt.bak").write_text("x")
    assert not add_path(store, tmp_path).failed


def test_folder_with_nothing_known_fails(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "rien"
    folder.mkdir()
    with pytest.raises(DataError, match="aucun fichier"):
        add_path(store, folder)
    (folder / "inconnu.csv").write_text("x;y\n1;2\n")
    assert add_path(store, folder).failed


def test_unknown_file_names_the_nearest_layouts(tmp_path: Path) -> None:
    path = tmp_path / "presque.csv"
    path.write_text("iris_mal_nomme;P21_NSCOL15P;P21_NSCOL15P_DIPLMIN\n1;2;3\n")
    with pytest.raises(DataError, match="Aucune source") as caught:
        load_path(path)
    text = caught.value.render()
    assert "P21_NSCOL15P" in text
    assert "base-ic-diplomes-formation" in text


def test_every_miniature_has_exactly_one_sure_source() -> None:
    """Two sources sure of the same file would make loading depend on their names."""
    from portrea.sources.peek import peek, readable

    for path in sorted(MINIATURE.iterdir()):
        if not readable(path):
            continue
        for found in peek(path):
            scores = {name: source.recognise(found) for name, source in sources().items()}
            best = max(scores.values())
            winners = [name for name, score in scores.items() if score == best]
            assert best == 0 or len(winners) == 1, (path.name, scores)


def test_no_source_claims_a_table_without_columns() -> None:
    assert recognise(Peek(Path("f.csv"), "csv", ())) is None


def test_every_package_reads_files_or_embeds_data() -> None:
    for name, module in packages().items():
        assert hasattr(module, "SOURCE") or hasattr(module, "EMBEDDED"), name
        if hasattr(module, "SOURCE"):
            assert module.SOURCE.id == name


def test_every_tool_is_a_package_and_no_source() -> None:
    for name in TOOLS:
        module = import_module(f"portrea.sources.{name}")
        assert not {"SOURCE", "EMBEDDED"} & {*dir(module)}, name
