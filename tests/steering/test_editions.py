"""Editions of a portrait: read again, written in plain text, compared; cases worked by hand."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.steering.document import (
    Cell,
    Column,
    Comment,
    Figure,
    KeyFigure,
    Number,
    Portrait,
    Section,
    Sentence,
    Source,
    Table,
    Unknown,
)
from portrea.steering.editions import Verdict, compared, table_changes
from portrea.steering.minutes import in_ten_minutes
from portrea.steering.minutes_pdf import minutes_pdf
from portrea.steering.passages import IN, OUT, SAME, paragraphs, pieces, typed

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/editions.yaml").read_text("utf-8")
)
SOURCES = {"Recensement": ["besoins", "2021"], "Annuaire": ["lieux", "2025"]}


def number(told: list[float] | None) -> Number:
    """A number of the cases."""
    if told is None:
        return Number("non disponible", quality="N")
    value, low, high = told
    return Number(f"{value}" if low is None else f"entre {low} et {high}", value, low, high)


def portrait(**told: Any) -> Portrait:
    """A small edition."""
    sources = tuple(
        Source(title, "Essai", title, vintage, "", None, None, verified=True, about=about)
        for title, (about, vintage) in told.pop("sources", SOURCES).items()
    )
    empty: dict[str, Any] = {
        "territory": "commune:35133", "title": "Iffendic", "of_name": "d’Iffendic", "subtitle": "",
        "headline": Sentence(""), "summary": (), "key_figures": (), "sections": (),
        "sources": sources, "unknowns": (), "computation_id": "c", "computed_on": "2026-01-01",
        "parameters": "aaaa",
    }  # fmt: skip
    return Portrait(**(empty | told))


def table(told: dict[str, Any], name: str = "t") -> Table:
    """A table of the cases: « nom@niveau:code » links a row to a territory."""
    rows = tuple(
        (Cell(row[0].split("@")[0], territory=row[0].partition("@")[2]), *map(Cell, row[1:]))
        for row in told["rows"]
    )
    return Table(name, "Essai", tuple(map(Column, told["columns"])), rows)


def of(case: dict[str, Any], when: str) -> Portrait:
    told, figure = case[when], ()
    if told != "absent":
        figure = (KeyFigure(case["id"], "Mesure", number(told), ""),)
    return portrait(
        key_figures=figure,
        parameters=case.get(f"parameters_{when}", "aaaa"),
        sources=case.get(f"sources_{when}", SOURCES),
    )


@pytest.mark.parametrize("case", CASES["figures"], ids=lambda case: case["name"])
def test_a_number_then_and_now(case: dict[str, Any]) -> None:
    (found,) = compared(of(case, "before"), of(case, "after")).figures
    assert found.verdict == case["verdict"]
    assert case["says"] in found.said


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["name"])
def test_a_table_then_and_now(case: dict[str, Any]) -> None:
    found = table_changes(table(case["before"]), table(case["after"]))
    changed = {row.name: {c: [old, new] for c, old, new in row.cells} for row in found.rows}
    assert changed == case["changed"]
    assert (list(found.entered), list(found.left)) == (case["entered"], case["left"])


@pytest.mark.parametrize("case", CASES["actions"], ids=lambda case: case["name"])
def test_actions_then_and_now(case: dict[str, Any]) -> None:
    def with_actions(rows: list[list[str]]) -> Portrait:
        told = table({"columns": ["Action", "État", "Pour quand"], "rows": rows}, "comite-suivi")
        return portrait(sections=(Section("actions", "Actions", Sentence(""), tables=(told,)),))

    found = compared(with_actions(case["before"]), with_actions(case["after"])).actions
    for name in ("done", "late", "entered", "left"):
        assert list(getattr(found, name)) == case[name], name


@pytest.mark.parametrize("case", CASES["texts"], ids=lambda case: case["name"])
def test_texts_then_and_now(case: dict[str, Any]) -> None:
    def with_texts(told: dict[str, list[str]]) -> Portrait:
        said = {k: Comment(tuple(words), "2026-01-01") for k, words in told.items()}
        made = tuple(Section(k, k, Sentence(""), comment=said.get(k)) for k in "abcd")
        return portrait(sections=made)

    found = compared(with_texts(case["before"]), with_texts(case["after"])).texts
    for name in ("written", "rewritten", "removed"):
        assert list(getattr(found, name)) == case[name], name


@pytest.mark.parametrize("case", CASES["sections"], ids=lambda case: case["name"])
def test_sections_then_and_now(case: dict[str, Any]) -> None:
    def with_sections(names: list[str]) -> Portrait:
        return portrait(sections=tuple(Section(k, k, Sentence("")) for k in names))

    found = compared(with_sections(case["before"]), with_sections(case["after"])).sections
    assert (list(found.entered), list(found.left)) == (case["entered"], case["left"])


NUMBERS = st.none() | st.tuples(*[st.integers(0, 50)] * 3).map(
    lambda t: [sorted(t)[1], sorted(t)[0], sorted(t)[2]]
)


@given(NUMBERS, NUMBERS)
def test_the_other_way_round_says_the_contrary(old: Any, new: Any) -> None:
    contrary = {
        Verdict.UP: Verdict.DOWN, Verdict.DOWN: Verdict.UP, Verdict.ENTERED: Verdict.LEFT,
        Verdict.LEFT: Verdict.ENTERED,
    }  # fmt: skip
    case = {"id": "a1", "before": old, "after": new}
    (there,) = compared(of(case, "before"), of(case, "after")).figures
    (back,) = compared(of(case, "after"), of(case, "before")).figures
    assert back.verdict == contrary.get(there.verdict, there.verdict)


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["words"], ids=lambda case: case["name"])
def test_words_that_change(case: dict[str, Any]) -> None:
    assert [list(piece) for piece in pieces(case["before"], case["after"])] == case["pieces"]


@given(st.text("ab \n", max_size=30), st.text("ab \n", max_size=30))
def test_both_texts_are_in_their_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(words for kind, words in found if kind in (SAME, OUT)) == before
    assert "".join(words for kind, words in found if kind in (SAME, IN)) == after


@pytest.mark.parametrize("case", CASES["paragraphs"], ids=lambda case: case["name"])
def test_paragraphs_of_a_text(case: dict[str, Any]) -> None:
    assert list(paragraphs(case["text"])) == case["told"]


@given(st.text("a-*• é<\n\t", max_size=60))
def test_what_was_written_is_typed_again_the_same(text: str) -> None:
    told = paragraphs(text)
    assert paragraphs(typed(told)) == told


# -- read again -----------------------------------------------------------------------------------

WORDS = st.text("aé «1\u202f", max_size=4)
FLOATS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
MAYBE = st.none() | WORDS


def some(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(kind, max_size=2).map(tuple)


NUMBERED = st.builds(Number, WORDS, FLOATS, FLOATS, FLOATS, WORDS)
SENTENCES = st.builds(Sentence, WORDS, some(NUMBERED))
COMMENTS = st.none() | st.builds(Comment, some(WORDS), WORDS)
CELLS = st.builds(Cell, WORDS, FLOATS, WORDS, st.booleans())
TABLES = st.builds(
    Table, WORDS, WORDS, some(st.builds(Column, WORDS, st.booleans())), some(some(CELLS)), WORDS
)
FIGURES = st.builds(Figure, *[WORDS] * 5)
SOURCED = st.builds(Source, *[WORDS] * 5, MAYBE, MAYBE, st.booleans(), WORDS, WORDS)
KEYS = st.builds(KeyFigure, WORDS, WORDS, NUMBERED, WORDS)


def sections(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Section]:
    told = (some(WORDS), some(TABLES), some(FIGURES), some(WORDS))
    return st.builds(Section, WORDS, WORDS, SENTENCES, *told, parts, COMMENTS)


NESTED = sections(some(sections(st.just(()))))


@settings(max_examples=60)
@given(NESTED, SOURCED, KEYS, COMMENTS)
def test_a_document_is_read_again_the_same(
    section: Section, source: Source, key: KeyFigure, comment: Comment | None
) -> None:
    unknown = Unknown("quoi", "pourquoi")
    legend = (("A", "sûr"),)
    told = {"quality_legend": legend, "foreword": comment, "unknowns": (unknown,)}
    made = portrait(sections=(section,), key_figures=(key,), **told)
    made = replace(made, sources=(source,))
    assert Portrait.from_dict(made.to_dict()) == made
    assert Portrait.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_what_a_later_version_added_takes_its_default() -> None:
    told = portrait().to_dict()
    del told["parameters"], told["foreword"]
    told["unheard_of"] = 1
    assert Portrait.from_dict(told).parameters == ""


def test_a_document_that_lacks_something_is_refused() -> None:
    told = portrait().to_dict()
    del told["headline"]
    with pytest.raises(DataError, match="headline"):
        Portrait.from_dict(told)


# -- ten minutes ----------------------------------------------------------------------------------


def test_ten_minutes_fit_on_two_pages_and_say_what_the_portrait_says() -> None:
    """With the longest of everything: six figures, long sentences, a tall map, twelve actions."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 800"><path d="M0 0h9v9z"/></svg>'
    )
    zones = Table(
        "zones-t",
        "Zones",
        tuple(map(Column, "ABCDE")),
        ((Cell("Un nom de zone assez long"),) * 5,) * 40,
    )
    titles = ("Action", "Pourquoi", "Qui", "Pour quand", "À quoi on le verra")
    row = (
        Cell("Ouvrir un matin de plus dans les villages qui n’ont aucun lieu. " * 3),
        Cell("pourquoi " * 40), Cell("communauté de communes et CCAS"),
        Cell("1er septembre 2027 (en cours, en retard)"), Cell("indicateur " * 20),
    )  # fmt: skip
    actions = Table("actions-t", "Actions", tuple(map(Column, titles)), (row,) * 12)
    long = Sentence("Entre 1 700 et 2 800 personnes sont en situation d’illectronisme. " * 4)
    drawn = Figure("fig-zones", "Carte", "Où.", svg, "zones-t")
    parts = (
        Section("z", "Z", long, tables=(zones,), figures=(drawn,)),
        Section("a", "A", Sentence("Douze actions."), tables=(actions,)),
    )  # fmt: skip
    figures = [
        KeyFigure(f"f{i}", f"Mesure {i}", number([5, 1, 9]), "détail " * 12) for i in range(9)
    ]
    made = portrait(
        sections=(Section("partie-besoins", "2. Les besoins", long, parts=parts),),
        key_figures=tuple(figures), headline=Sentence("Un autre constat. " * 8),
        quality_legend=tuple((letter, "une explication assez longue") for letter in "ABCDN"),
    )  # fmt: skip
    told = in_ten_minutes(made)
    assert (len(told.figures), len(told.actions[0].rows)) == (6, 6)
    assert [column.title for column in told.actions[0].columns] == ["Action", "Qui", "Pour quand"]
    assert told.counts == zones
    assert [one.text for one in told.sentences] == [made.headline.text, long.text]
    with pikepdf.open(io.BytesIO(minutes_pdf(made))) as document:
        assert len(document.pages) == 2
    assert minutes_pdf(made) == minutes_pdf(made)
