"""Shares, differences, tables and crossed tables of the indicators, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.difficulties import Change
from portrea.steering.gathering import ONLY, Counts
from portrea.steering.indicator_sections import indicator_sections
from portrea.steering.indicator_tables import Compared
from portrea.steering.indicator_words import count_moved
from portrea.steering.indicators import (
    UNSAID,
    Activity,
    Delays,
    Dimension,
    Step,
    count_change,
    indicators,
    share_change,
    share_of,
)
from portrea.steering.periods import Period, month_of
from portrea.steering.pivot import COLUMNS, MEASURES, pivot_table

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/indicators.yaml").read_text("utf-8")
)
SAYS = {
    "more": Change.MORE,
    "less": Change.LESS,
    "unsure": Change.UNSURE,
    "too_few": Change.TOO_FEW,
}
YEAR = month_of("2025-01")
LAST = month_of("2026-10")
DIMENSIONS = (
    "kind", "where", "commune", "age", "status", "gender", "theme", "procedure", "result",
    "reason", "oriented", "handover", "difficulty",
)  # fmt: skip


def dimension(name: str, told: dict[str, list[int]], *, start: int = YEAR) -> Dimension:
    cells = {
        value: {(ONLY, start + 3 * place): number for place, number in enumerate(numbers)}
        for value, numbers in told.items()
    }
    whole = name not in ("theme", "difficulty")
    return Dimension(name, name, Counts(cells, LAST, whole), {}, of="" if whole else "kind")


def activity(name: str = "Brocéliande", period: Period | None = None, **told: Any) -> Activity:
    given = {one: dimension(one, {}) for one in DIMENSIONS}
    given |= {one: dimension(one, cells) for one, cells in told.items() if one in DIMENSIONS}
    return Activity(
        name=name,
        period=period or Period(YEAR, YEAR + 11),
        dimensions=given,
        minutes=told.get("minutes", {}),
        fresh=told.get("fresh", ()),
        delays=told.get("delays", Delays(0, 0, 0, None)),
        steps=told.get("steps"),
    )


@pytest.mark.parametrize("case", CASES["share"], ids=lambda case: case["name"])
def test_shares_worked_by_hand(case: dict[str, Any]) -> None:
    found = share_of(case["count"], case["of"])
    if case["share"] is None:
        assert found is None
        return
    assert found is not None
    assert found.value == case["share"]
    assert (round(found.low, 3), round(found.high, 3)) == (case["low"], case["high"])


@pytest.mark.parametrize("case", CASES["share_change"], ids=lambda case: case["name"])
def test_two_shares_worked_by_hand(case: dict[str, Any]) -> None:
    moved = share_change(share_of(*case["now"]), share_of(*case["before"]))
    assert moved.saying is SAYS[case["says"]]
    if "difference" in case:
        assert moved.value == pytest.approx(case["difference"])
        assert (round(moved.low or 0, 3), round(moved.high or 0, 3)) == (case["low"], case["high"])


@given(st.integers(0, 200), st.integers(20, 200), st.integers(0, 200), st.integers(20, 200))
def test_a_difference_said_the_other_way_round_is_the_opposite(
    yes: int, of: int, past: int, past_of: int
) -> None:
    now, before = share_of(min(yes, of), of), share_of(min(past, past_of), past_of)
    there, back = share_change(now, before), share_change(before, now)
    assert there.value == pytest.approx(-(back.value or 0))
    assert there.low == pytest.approx(-(back.high or 0))
    assert (there.saying is Change.MORE) == (back.saying is Change.LESS)


def test_every_indicator_says_what_it_counts_and_what_it_does_not() -> None:
    for card in indicators().values():
        assert all((card.title, card.definition, card.unit, card.formula, card.source, card.silent))
    sections = indicator_sections(activity())
    assert [one.id for one in sections] == [f"indicateur-{name}" for name in indicators()]
    for section in sections:
        assert any(note.startswith("Ce que cela ne dit pas") for note in section.notes)


def test_nothing_noted_is_said_so() -> None:
    said = {one.id: one.lead.text for one in indicator_sections(activity())}
    assert "Trop peu" in said["indicateur-reponses"]
    assert said["indicateur-aides"].startswith("Aucun compte rendu n’a été écrit")
    assert not next(iter(indicator_sections(activity()))).figures
    assert "Aucun lieu" in said["indicateur-fraicheur"]
    assert "année entière" in said["indicateur-droits"]


def test_answers_with_their_interval_beside_the_year_before() -> None:
    now = activity(result={"oui": [45], "non": [15], "": [30]}, kind={"individuel": [90]})
    past = activity(result={"oui": [40], "non": [20]}, kind={"individuel": [60]})
    sections = {one.id: one for one in indicator_sections(now, Compared(past, same_place=True))}
    said = sections["indicateur-reponses"]
    assert "75\u202f% (entre 63\u202f% et 84\u202f%)" in said.lead.text
    (table,) = said.tables
    assert [row[-1].value for row in table.rows[:2]] == [60, 60]
    assert table.rows[2][1].text == "pas d’écart sûr"
    assert said.figures[0].table == table.id


def test_a_table_says_what_moved_for_sure_and_gathers_small_lines() -> None:
    kinds = {"individuel": [200], "collectif": [40]}
    now = activity(kind=kinds, where={"a": [180], "b": [40], "c": [3], "d": [17]})
    past = activity(kind=kinds, where={"a": [60], "b": [44], "c": [0], "d": [0]})
    sections = {one.id: one for one in indicator_sections(now, Compared(past, same_place=True))}
    table = sections["indicateur-lieux"].tables[0]
    lines = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert lines["a"][:3] == ["180", "75\u202f%", "60"]
    assert lines["a"][4].startswith("plus (×")
    assert lines["b"][4] == "pas d’écart sûr"
    assert "c" not in lines
    assert "d" not in lines
    assert lines["Lignes réunies (petits nombres)"][0] == "20"
    assert lines["Ensemble"][0] == "240"


@pytest.mark.parametrize("case", CASES["moved"], ids=lambda case: case["name"])
def test_how_a_count_moved_is_said(case: dict[str, Any]) -> None:
    cell = count_moved(count_change(case["now"], 365, case["before"], 365))
    assert (cell.text.replace("\u00a0", " "), cell.value) == (case["says"], case["value"])


def test_themes_are_parts_of_the_records() -> None:
    now = activity(kind={"individuel": [100]}, theme={"email": [60], "sante": [70], "rare": [2]})
    other = activity("Pays de Redon", kind={"individuel": [50]}, theme={"email": [10]})
    compared = Compared(other, same_place=False)
    sections = {one.id: one for one in indicator_sections(now, compared)}
    table = next(t for t in sections["indicateur-demandes"].tables if t.id.endswith("theme"))
    lines = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert lines["email"][:4] == ["60", "60\u202f%", "10", "20\u202f%"]
    assert lines["email"][4].startswith("plus (de ")
    assert set(lines) == {"sante", "email"}


def test_handovers_proposals_places_and_rights() -> None:
    now = activity(
        handover={"accepted": [30], "refused": [10], "waiting": [8], "expired": [5]},
        delays=Delays(4, 3, 1, 21.0),
        fresh=(("À jour", 30), ("Ancien", 10)),
        steps=(Step("Repéré", 80), Step("Ouvert", 32)),
    )
    said = {one.id: one.lead.text for one in indicator_sections(now)}
    assert "67\u202f%" in said["indicateur-orientations"]
    assert said["indicateur-fraicheur"].startswith("75\u202f% des fiches")
    assert "Propositions envoyées\u00a0: 4" in said["indicateur-difficultes"]
    assert "40\u202f%" in said["indicateur-droits"]


@pytest.mark.parametrize("measure", list(MEASURES))
@pytest.mark.parametrize("column", list(COLUMNS))
def test_a_crossed_table_keeps_its_totals(column: str, measure: str) -> None:
    cells = {
        "a": {("p", YEAR): 20, ("q", YEAR + 3): 30},
        "b": {("p", YEAR): 3, ("q", YEAR + 3): 9},
        "c": {("p", YEAR): 12, ("q", YEAR + 3): 8},
    }
    if column != "parties":
        cells = {
            value: {(ONLY, month): number for (_part, month), number in told.items()}
            for value, told in cells.items()
        }
    made = Dimension("where", "Lieu", Counts(cells, LAST), {})
    found = pivot_table(made, Period(YEAR, YEAR + 11), column, measure, {"p": "Pacé", "q": "Q"})
    assert found is not None
    lines = {row[0].text: [cell.value for cell in row[1:]] for row in found.rows}
    assert set(lines) <= {"a", "b", "c", "Lignes réunies (petits nombres)", "Ensemble"}
    if measure == "nombre":
        assert lines["Ensemble"][-1] == 82
        small = [n for row in lines.values() for n in row if n and 0 < n < 5]
        assert not small
    elif measure == "ligne":
        assert all(row[-1] == 1 for row in lines.values())
    else:
        assert lines["Ensemble"][-1] == 1


def test_numbers_that_may_be_told() -> None:
    told = activity(kind={"a": [2], "b": [7], "c": [30]}, age={}, result={"a": [3]})
    assert (told.number("kind"), told.number("kind", "c")) == (39, 30)
    assert (told.number("kind", "a"), told.number("kind", "b")) == (None, None)
    assert told.number("kind", "d") == 0
    assert (told.number("age"), told.whole("age")) == (0, 0)
    assert (told.number("result"), told.whole("result")) == (None, 0)
    assert (told.whole("kind"), told.whole("theme")) == (39, 39)


def test_a_share_keeps_what_it_is_made_of() -> None:
    share = share_of(12, 40)
    assert share is not None
    assert (share.yes, share.of) == (12, 40)


def test_values_are_told_by_their_names() -> None:
    named = replace(dimension("kind", {}), names={"a": "Aide"})
    assert [named.name_of(one) for one in ("a", "b", "")] == ["Aide", "b", UNSAID]
