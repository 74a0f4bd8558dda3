"""Whatever a person does wrong: a clear French message, an exit code, the store byte for byte."""

from __future__ import annotations

import errno
import gzip
import hashlib
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest

from portrea.cli import main
from portrea.needs import MEASURES
from portrea.sources import loading
from portrea.sources.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = Path(__file__).parent / "data" / "miniature"
BASE = MINIATURE / "base-ic-evol-struct-pop-2020.CSV"
OUTLINES = MINIATURE / "contours_communes.geojson"
ENGLISH = re.compile(
    r"Traceback|Usage:|Error:|No such file|Invalid value|Missing argument|Permission denied"
)


def run(*words: object) -> int:
    """Run ``portrea`` as a terminal does; its exit code."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return int(end.value.code or 0)


def print_of(home: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the store; the writers' lock file holds nothing."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def loaded(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A store that already holds one dataset."""
    assert run("data", "add", BASE) == 0
    capsys.readouterr()
    return home


def said(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert not ENGLISH.search(error), error
    return error


# -- files that cannot be loaded -------------------------------------------------------------------


def empty(folder: Path) -> Path:
    path = folder / "vide.csv"
    path.touch()
    return path


def absent(folder: Path) -> Path:
    return folder / "nulle" / "part.csv"


def unknown(folder: Path) -> Path:
    path = folder / "liste.csv"
    path.write_text("prenom;couleur\nAnne;bleu\n", "utf-8")
    return path


def strange(folder: Path) -> Path:
    path = folder / "affiche.png"
    path.write_bytes(b"\x89PNG")
    return path


def cut_gzip(folder: Path) -> Path:
    path = folder / "coupe.csv.gz"
    path.write_bytes(gzip.compress(BASE.read_bytes() * 50)[:-40])
    return path


def cut_csv(folder: Path) -> Path:
    path = folder / BASE.name
    path.write_bytes(BASE.read_bytes()[:-60])
    return path


def damaged_zip(folder: Path) -> Path:
    path = folder / "abime.zip"
    path.write_bytes(b"PK\x03\x04" + b"0" * 100)
    return path


def bomb(folder: Path) -> Path:
    path = folder / "bombe.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("base-ic-evol-struct-pop-2020.csv", "w") as member,
    ):
        member.write(BASE.read_bytes())
        for _ in range(120):
            member.write(b"0" * (1 << 20))
    return path


def lying_bomb(folder: Path) -> Path:
    """A small archive whose list of members declares 1 000 000 000 bytes."""
    path = folder / "annonce.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(BASE.name, BASE.read_bytes())
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")  # size once unpacked: bytes 24 to 27 of the central entry
    content[at + 24 : at + 28] = (1_000_000_000).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    return path


def utf16(folder: Path) -> Path:
    path = folder / "export.csv"
    path.write_bytes(BASE.read_text("utf-8").encode("utf-16"))
    return path


def two_encodings(folder: Path) -> Path:
    path = folder / "melange.csv"
    path.write_bytes(BASE.read_bytes() + "é".encode() * HEAD + b"\n\xe9\n")
    return path


HEAD = 1 << 17


def wrong_sheet(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Bonjour", "monde"])
    sheet.append([1, 2])
    path = folder / "base-ic-evol-struct-pop-2020.xlsx"
    book.save(path)
    return path


def two_million_columns(folder: Path) -> Path:
    path = folder / "large.csv"
    path.write_text(";".join(f"c{i}" for i in range(2_000_000)) + "\n", "utf-8")
    return path


def damaged_parquet(folder: Path) -> Path:
    path = folder / "abime.parquet"
    path.write_bytes(b"PAR1" + b"x" * 200 + b"PAR1")
    return path


def no_feature(folder: Path) -> Path:
    path = folder / "contours.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    return path


def missing_geometry(folder: Path) -> Path:
    path = folder / "contours_communes.geojson"
    text = OUTLINES.read_text("utf-8")
    bare = re.sub(r'"geometry": \{.*?\]\]\]\}', '"geometry": null', text)
    assert bare != text
    path.write_text(bare, "utf-8")
    return path


def area_twice(folder: Path) -> Path:
    lines = BASE.read_text("utf-8").splitlines(keepends=True)
    path = folder / BASE.name
    path.write_text("".join([*lines[:2], *lines[1:]]), "utf-8")
    return path


def header_only(folder: Path) -> Path:
    path = folder / BASE.name
    path.write_text(BASE.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    return path


def not_a_number(folder: Path) -> Path:
    path = folder / BASE.name
    path.write_text(BASE.read_text("utf-8").replace(";2500;", ";beaucoup;"), "utf-8")
    return path


BAD_FILES: dict[Callable[[Path], Path], tuple[str, str]] = {
    empty: ("vide.csv est vide", "Téléchargez-le de nouveau"),
    absent: ("Fichier introuvable", "Vérifiez le chemin"),
    unknown: ("Aucune source de Portrea ne reconnaît le fichier liste.csv", "portrea data list"),
    strange: ("Le format du fichier affiche.png n’est pas lu", "Formats lus"),
    cut_gzip: ("coupe.csv.gz est incomplet ou abîmé", "Téléchargez-le de nouveau"),
    cut_csv: ("est coupé", "recommencez"),
    damaged_zip: ("abime.zip est incomplet ou abîmé", "Téléchargez-le de nouveau"),
    bomb: ("une fois décompressé", "Téléchargez-le de nouveau"),
    lying_bomb: ("annonce 1000 Mo une fois décompressé", "Téléchargez-le de nouveau"),
    utf16: ("export.csv n’est pas du texte lisible", "CSV UTF-8"),
    two_encodings: ("melange.csv", "UTF-8"),
    wrong_sheet: ("Aucune source de Portrea ne reconnaît", "portrea data list"),
    two_million_columns: ("large.csv n’est pas un tableau", "une ligne par zone"),
    damaged_parquet: ("abime.parquet est incomplet ou abîmé", "Téléchargez-le de nouveau"),
    no_feature: ("contours.geojson ne contient aucune zone", "export du producteur"),
    missing_geometry: ("n’ont pas de contour utilisable", "Téléchargez de nouveau"),
    area_twice: ("010010000", "une seule ligne par zone"),
    header_only: ("ne contient aucune ligne de données", "export du producteur"),
    not_a_number: ("beaucoup", ""),
}


@pytest.mark.parametrize("make", BAD_FILES, ids=lambda make: make.__name__)
def test_bad_file_is_refused(
    make: Callable[[Path], Path],
    loaded: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = print_of(loaded)
    path = make(tmp_path)
    assert run("data", "add", path) == 3
    error = said(capsys)
    for words in BAD_FILES[make]:
        assert words in error
    assert print_of(loaded) == before


def test_first_bad_file_makes_no_store(home: Path, tmp_path: Path) -> None:
    assert run("data", "add", unknown(tmp_path)) == 3
    assert not home.exists()


def test_empty_folder_is_refused(loaded: Path, tmp_path: Path) -> None:
    before = print_of(loaded)
    folder = tmp_path / "rien"
    folder.mkdir()
    assert run("data", "add", folder) == 3
    assert print_of(loaded) == before


def test_suppressed_cell_is_neither_zero_nor_lost(home: Path) -> None:
    """The RSA of IRIS 352380102 is left blank by the CAF: it stays, as suppressed."""
    assert run("data", "add", MINIATURE / "caf_iris_2021.csv") == 0
    rows = Store(home).observations(variables=["households_rsa"])
    found = rows.filter(pl.col("code") == "352380102").select("value", "status")
    assert found.rows() == [(None, "suppressed")]


def test_vintages_that_do_not_join(
    loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "caf_iris_2021.csv"
    text = (MINIATURE / "caf_iris_2021.csv").read_text("utf-8")
    path.write_text(text.replace("352380", "229990"), "utf-8")
    assert run("data", "add", path) == 0
    before = print_of(loaded)
    capsys.readouterr()
    assert run("data", "check") == 3
    error = said(capsys)
    assert "229990101" in error
    assert "découpage" in error
    assert print_of(loaded) == before


# -- territories -----------------------------------------------------------------------------------

TERRITORIES = {
    "epci:243500618x": (5, "Territoire inconnu", "epci:243500618"),
    "Montfort": (5, "Territoire inconnu", "commune:35188"),
    "commune:00000": (5, "Territoire inconnu", "s’écrit"),
    "zzzz": (5, "Territoire inconnu", "s’écrit"),
    "planete:1": (5, "planete", "s’écrit"),
    "commune:35188,epci:243500550": (5, "comptés deux fois", "Retirez"),
    ",": (5, "", "s’écrit"),
}


@pytest.mark.slow
@pytest.mark.parametrize("written", TERRITORIES)
def test_bad_territory_is_refused(
    written: str, demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = print_of(demo_copy)
    code, *words = TERRITORIES[written]
    assert run("portrait", written, "-o", tmp_path / "x.pdf") == code
    error = said(capsys)
    assert all(word in error for word in words), error
    assert not (tmp_path / "x.pdf").exists()
    assert print_of(demo_copy) == before


@pytest.mark.slow
def test_epci_without_any_figure_says_so(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Names and outlines are known, nobody is counted: no number, never a zero."""
    assert run("data", "add", MINIATURE / "appartenance_iris_2020.csv") == 0
    epci = Store(home).gather("territories")["epci"].drop_nulls()[0]
    assert run("compute") == 0
    before = print_of(home)
    capsys.readouterr()
    out = tmp_path / "epci.csv"
    assert run("portrait", f"epci:{epci}", "-o", out) == 0
    own = pl.read_csv(out, schema_overrides={"code": pl.String}).filter(pl.col("code") == epci)
    assert own["n"].null_count() == own.height == len(MEASURES)
    assert own["population"].null_count() == own.height
    assert set(own["status"]) == {"unavailable"}
    assert print_of(home) == before


# -- command lines ---------------------------------------------------------------------------------

COMMANDS = {
    "nimporte": (4, "n’existe pas"),
    "needs nimporte": (2, "n’existe pas"),
    "needs estimate": (2, "il manque l’argument « TERRITOIRE »"),
    "needs estimate 35188 --level quartier": (2, "Valeurs possibles : iris, commune"),
    "needs estimate 35188 --measure z": (2, "Valeurs possibles : a1, a2"),
    "needs estimate 35188 --niveau iris": (2, "l’option « --niveau » n’existe pas"),
    "needs estimate 35188 --format": (2, "attend une valeur"),
    "compute --draws beaucoup": (2, "Un nombre est attendu"),
    "reach 35188 --situation faim": (2, "Valeurs possibles : information"),
    "needs estimate 35188": (7, "ne contient aucun territoire"),
    "portrait 35188": (7, "Aucun calcul n’est en service"),
    "compute": (7, "ne contient aucun territoire"),
    "data remove rien": (7, "Aucun jeu de données « rien »"),
    "data fetch rien": (4, "rien"),
}


@pytest.mark.parametrize("words", COMMANDS)
def test_bad_command_is_explained_in_french(
    words: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, expected = COMMANDS[words]
    assert run(*words.split()) == code
    assert expected in said(capsys)
    assert not print_of(home)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["portrait 35188 -o", "needs estimate 35188 --format csv -o"],
    ids=["portrait", "needs"],
)
def test_output_in_a_missing_folder(
    words: str, demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = print_of(demo_copy)
    assert run(*words.split(), tmp_path / "nulle" / "part.csv") != 0
    error = said(capsys)
    assert "n’existe pas" in error
    assert "part.csv" in error
    assert print_of(demo_copy) == before


# -- the machine -----------------------------------------------------------------------------------

CAF = MINIATURE / "caf_iris_2021.csv"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EACCES, "pas le droit"),
        (errno.EROFS, "lecture seule"),
    ],
)
def test_disk_that_refuses(
    number: int,
    words: str,
    loaded: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = print_of(loaded)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused by the test")

    for owner, name in ((Path, "replace"), (pl.DataFrame, "write_parquet")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse)  # the manifest, then the tables
            assert run("data", "add", CAF) == 7
        error = said(capsys)
        assert words in error
        assert "Rien n’a été changé" in error
        assert ("Libérez" in error) == (number == errno.ENOSPC)
        assert print_of(loaded) == before


def test_store_in_a_file_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("un fichier à la place du dossier")
    assert run("data", "add", CAF) == 7
    assert "Rien n’a été changé" in said(capsys)
    assert home.read_text() == "un fichier à la place du dossier"


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_interrupted_while_writing(
    loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = print_of(loaded)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", interrupt)
    assert run("data", "add", CAF) == 130
    assert "Interrompu" in said(capsys)
    assert print_of(loaded) == before


def test_folder_interrupted_between_two_files(
    loaded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A replaced dataset is in force again, an added one is gone."""
    before = print_of(loaded)
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "a.csv").write_text(BASE.read_text("utf-8").replace(";2500;", ";2600;"), "utf-8")
    (folder / CAF.name).write_bytes(CAF.read_bytes())
    (folder / "d.csv").write_bytes(CAF.read_bytes())
    peek = loading.peek

    def until_the_third(path: Path) -> object:
        if path.name == "d.csv":
            assert len(Store(loaded).datasets()) == 2, "the first two files were loaded"
            raise KeyboardInterrupt
        return peek(path)

    monkeypatch.setattr(loading, "peek", until_the_third)
    assert run("data", "add", folder) == 130
    assert "inchangé" in said(capsys)
    assert print_of(loaded) == before


def test_interrupted_computation(
    demo_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = print_of(demo_copy)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", interrupt)
    assert run("compute", "--draws", "50") == 130
    assert "inchangé" in said(capsys)
    assert print_of(demo_copy) == before
