"""The pack of the comité: numbers of the portrait and of the pages, an accessible PDF, files."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pikepdf
import pypdfium2
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.priority_rules import default_rule
from portrea.sources.store import Store
from portrea.steering import pack, priorities
from portrea.steering.downloads import document_file
from portrea.steering.pack import Usual, build_pack
from portrea.steering.portrait import build_portrait
from portrea.steering.priority_files import priority_rows
from portrea.steering.priority_words import SAID
from portrea.steering.reach_methods import GROUPS, groups, methods
from portrea.steering.reading import Reader
from portrea.steering.sections_what_if import Named
from portrea.steering.what_if import Changes
from portrea.steering.what_if_ground import Question, prepare
from portrea.steering.what_if_told import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portrea.steering.document import Portrait
    from portrea.steering.priority_ground import Ground
    from portrea.territory import Selection

EPCI = "epci:243500618"


@pytest.fixture(scope="module")
def reader(demo_home: Path) -> Reader:
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def selection(reader: Reader) -> Selection:
    return reader.gazetteer.resolve(EPCI)


@pytest.fixture(scope="module")
def ground(reader: Reader, selection: Selection) -> Ground:
    return Usual(reader)(selection)


@pytest.fixture(scope="module")
def named(reader: Reader, selection: Selection) -> list[Named]:
    world = prepare(reader, selection, Question("information", "c"))
    trials = [told(world, Changes(((n, "commune:35211"),)), minutes=20) for n in (1, 3)]
    return [
        Named(f"k{rank}", f"Essai {rank}", "2026-11-22", "", reader.computation_id, trial)
        for rank, trial in enumerate(trials)
    ]


@pytest.fixture(scope="module")
def made(reader: Reader, selection: Selection, ground: Ground, named: list[Named]) -> Portrait:
    return build_pack(reader, selection, named=named, prepare=lambda _: ground)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\ufffe\u00ad\u2011-]+", "", text)


@pytest.fixture(scope="module")
def written(made: Portrait) -> bytes:
    return document_file(made, "pdf")


def test_chapters_come_in_the_order_of_a_meeting(made: Portrait) -> None:
    names = [section.id for section in made.sections]
    assert names == [
        "besoins", "comparaison", "acces", "priorites", "essais", "methodes", "inconnu",
    ]  # fmt: skip
    assert made.full_title == f"Dossier du comité de pilotage {made.of_name}"
    assert made.headline.text
    assert made.sources


def test_need_and_access_are_those_of_the_portrait(
    reader: Reader, selection: Selection, made: Portrait
) -> None:
    portrait = build_portrait(reader, selection)
    cells = {cell for table in portrait.tables() for row in table.rows for cell in row}
    for name in ("besoins", "comparaison", "acces", "inconnu"):
        ours, theirs = made.section(name), portrait.section(name)
        assert ours is not None
        assert theirs is not None
        assert ours.lead == theirs.lead
        assert {cell for t in ours.tables for row in t.rows for cell in row} <= cells
    assert made.key_figures == portrait.key_figures


def test_priority_areas_are_those_of_the_file(made: Portrait, ground: Ground) -> None:
    rule = default_rule(first=priorities.usual_first(ground))
    rows = [row for row in priority_rows(ground, rule) if row["status"] != "covered"]
    section = made.section("priorites")
    assert section is not None
    assert rows
    table = section.tables[0]
    assert [row[0].territory for row in table.rows] == [f"commune:{r['code']}" for r in rows[:12]]
    said = [row["status_words"].capitalize() for row in rows[:12]]
    assert [row[-1].text for row in table.rows] == said
    assert {row[-1].text.lower() for row in table.rows} <= set(SAID.values())
    figure = section.figures[0]
    assert figure.table == table.id


def test_trials_stand_side_by_side(made: Portrait, named: list[Named]) -> None:
    section = made.section("essais")
    assert section is not None
    assert [row[0].text for row in section.tables[0].rows] == [
        "Aujourd’hui", "A. Essai 0", "B. Essai 1",
    ]  # fmt: skip
    assert [part.lead for part in section.parts] == [
        one.trial.headline for one in named if one.trial
    ]


def test_without_trial_nor_ranking_it_says_so(reader: Reader, selection: Selection) -> None:
    def refused(_: Any) -> Any:
        raise ParameterError("Trop grand.", remedy="Plus petit.")

    found = build_pack(reader, selection, prepare=refused)
    essais, ranked = found.section("essais"), found.section("priorites")
    assert essais is not None
    assert ranked is not None
    assert "Aucun essai" in essais.lead.text
    assert "ne sont pas classées" in ranked.lead.text
    assert ranked.notes == ("Trop grand. Plus petit.",)


def test_every_method_is_explained_and_the_pack_uses_known_ones(made: Portrait) -> None:
    wanted = {"2sfca", "e2sfca", "3sfca", "raam", "mclp", "lscp", "p_median", "p_center"}
    assert wanted | {"priorities"} <= set(methods())
    assert {method.group for method in methods().values()} == set(GROUPS)
    assert sum(len(members) for _, _, members in groups()) == len(methods())
    section = made.section("methodes")
    assert section is not None
    assert [part.id for part in section.parts] == [f"methode-{name}" for name in pack.EXPLAINED]
    for method in methods().values():
        assert len(method.sentence.split()) <= 45, method.id
        assert method.picture.startswith("Comme ")


# -- files -----------------------------------------------------------------------------------------


def elements(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def test_the_pdf_is_tagged_and_says_everything(written: bytes, made: Portrait) -> None:
    with pikepdf.open(io.BytesIO(written)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).casefold().startswith("fr")
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == made.full_title
            assert str(metadata["pdfuaid:part"]) == "1"
        found = list(elements(document.Root.StructTreeRoot.K))
    tags = [str(one.S) for one in found]
    levels = [int(tag[2]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    parts = sum(len(section.parts) for section in made.sections)
    assert levels.count(3) == parts + 2  # the letters of quality, the contents
    assert tags.count("/Table") == len(list(made.tables()))
    assert tags.count("/Figure") == len(list(made.figures()))
    with pypdfium2.PdfDocument(written) as document:
        text = squeezed("".join(page.get_textpage().get_text_range() for page in document))
    for section in made.walk():
        assert squeezed(section.title) in text
        assert squeezed(section.lead.text) in text
    for table in made.tables():
        for row in table.rows:
            for cell in row:
                assert squeezed(cell.text) in text, (table.id, cell.text)


def test_the_pdf_is_light_and_the_same_twice(written: bytes, made: Portrait) -> None:
    assert len(written) < 1_000_000
    assert document_file(made, "pdf") == written


def test_tables_are_given_whole(made: Portrait) -> None:
    book = openpyxl.load_workbook(io.BytesIO(document_file(made, "xlsx")))
    tables = list(made.tables())
    assert book.sheetnames == ["À lire", *(table.id for table in tables)]
    assert book.worksheets[0]["A1"].value == made.full_title
    for table in tables:
        rows = [[cell.value or "" for cell in row] for row in book[table.id].iter_rows(min_row=3)]
        assert rows == [[cell.text for cell in row] for row in table.rows]
    lines = list(csv.DictReader(io.StringIO(document_file(made, "csv").decode())))
    assert {line["table"] for line in lines} == {table.id for table in tables}
    assert document_file(made, "json").startswith(b"{")
