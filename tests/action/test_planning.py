"""Series, clashes and slots, against cases worked by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.deadlines import months_after
from portrea.action.planning import (
    PARIS,
    Followed,
    Moment,
    Series,
    clashes,
    follow,
    free_slots,
    occurrences,
)
from portrea.base.errors import ParameterError

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/action/series.yaml").read_text("utf-8"))


def at(told: Any) -> datetime:
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return moment.replace(tzinfo=PARIS)


def series_of(told: dict[str, Any]) -> Series:
    return Series(**told | {"window": tuple(told["window"]), "turns": tuple(told["turns"])})


@pytest.mark.parametrize("case", CASES["series"], ids=lambda case: case["name"])
def test_series_worked_by_hand(case: dict[str, Any]) -> None:
    found, left_out = occurrences(series_of(case["series"]), until=case["until"])
    assert [[one.day, one.turn] for one in found] == case["found"]
    expected = case.get("left_out", [])
    assert [one.month.strftime("%Y-%m") for one in left_out] == [month for month, _ in expected]
    assert all(why in one.why for one, (_, why) in zip(left_out, expected, strict=True))


@pytest.mark.parametrize("case", CASES["slots"], ids=lambda case: case["name"])
def test_slots_worked_by_hand(case: dict[str, Any]) -> None:
    starts, ends = map(at, case["opening"])
    found = free_slots(
        (starts, ends),
        minutes=case["minutes"],
        closed=[(at(one), at(other)) for one, other in case["closed"]],
        taken={at(moment): count for moment, count in case["taken"].items()},
        agents=case["agents"],
    )
    assert [moment.strftime("%H:%M") for moment in found] == case["free"]
    assert len({moment.timestamp() for moment in found}) == len(found)


@pytest.mark.parametrize("case", CASES["conflicts"])
def test_conflicts_worked_by_hand(case: dict[str, Any]) -> None:
    one, other = (
        Moment(name, at(told[0]), at(told[1]), frozenset(told[2]))
        for name, told in (("un", case["one"]), ("deux", case["other"]))
    )
    for pair in ([one, other], [other, one]):
        found = list(clashes(pair))
        assert [list(clash.shared) for clash in found] == (
            [case["shared"]] if case["shared"] else []
        )


def test_each_pair_that_clashes_is_named() -> None:
    def taking(name: str, starts: str, ends: str, *things: str) -> Moment:
        day = "2027-03-01T"
        return Moment(name, at(day + starts), at(day + ends), frozenset(things))

    early = taking("tôt", "08:00", "09:00", "salle")
    long = taking("long", "10:00", "12:00", "salle", "Ali", "vidéo")
    inside = taking("dedans", "10:30", "11:00", "vidéo", "salle")
    after = taking("après", "12:00", "13:00", "salle")
    instant = taking("instant", "10:30", "10:30", "salle")
    found = list(clashes([after, inside, early, long]))
    assert [(one.one, one.other, one.shared) for one in found] == [
        (long, inside, ("salle", "vidéo"))
    ]
    assert [(one.one, one.other) for one in clashes([instant, inside, long])] == [
        (long, instant), (long, inside)
    ]  # fmt: skip


def test_a_series_keeps_to_its_first_and_last_days() -> None:
    def found(first: date, until: date, **told: Any) -> list[date]:
        return [one.day for one in occurrences(Series(first, 1, **told), until=until)[0]]

    fridays = {"window": (1, 7), "weekday": 4}  # the first Fridays: October 2, November 6
    assert found(date(2026, 10, 2), date(2026, 11, 6), **fridays) == [
        date(2026, 10, 2), date(2026, 11, 6)
    ]  # fmt: skip
    assert found(date(2026, 10, 3), date(2026, 11, 5), **fridays) == []
    assert found(date(2026, 12, 1), date(2027, 2, 1), window=(1, 1)) == [
        date(2026, 12, 1), date(2027, 2, 1)
    ]  # fmt: skip
    assert found(date(2027, 2, 1), date(2027, 2, 28), window=(28, 28)) == []  # a Sunday
    assert found(date(2028, 2, 1), date(2028, 2, 29), window=(29, 31)) == [date(2028, 2, 29)]
    assert len(found(date(2027, 1, 1), date(2037, 1, 1), window=(15, 20))) == 120


def test_why_a_month_has_no_day() -> None:
    def why(month: date, departement: str | None = None, **told: Any) -> str:
        series = Series(month, 1, departement=departement, **told)
        (left_out,) = occurrences(series, until=months_after(month, 1) - timedelta(days=1))[1]
        return left_out.why

    assert why(date(2027, 2, 1), window=(29, 31)) == "ce mois n’a pas ces jours"
    assert why(date(2027, 8, 1), window=(14, 15)) == "aucun jour ouvré dans cette fenêtre"
    assert why(date(2027, 8, 1), window=(14, 15), weekday=2) == (
        "pas ce jour de la semaine dans cette fenêtre"
    )
    assert why(date(2027, 3, 1), "67", window=(26, 26)) == "Vendredi saint"
    # Christmas of 2028 is a Monday, Saint-Étienne the day after
    assert why(date(2028, 12, 1), "67", window=(25, 26)) == "Noël, Saint-Étienne"


def test_an_appointment_lasts_a_minute_at_least_with_somebody() -> None:
    opening = at("2027-03-04T09:00"), at("2027-03-04T09:02")
    assert len(free_slots(opening, minutes=1)) == 2
    assert free_slots(opening, minutes=1, taken={opening[0]: 1}) == [at("2027-03-04T09:01")]
    for wrong in ({"minutes": 0}, {"minutes": 5, "agents": 0}):
        with pytest.raises(ParameterError, match="Un rendez-vous dure une minute au moins, avec"):
            free_slots(opening, **wrong)


DAYS = {"jan": date(2027, 1, 7), "fev": date(2027, 2, 4), "mar": date(2027, 3, 4)}


def test_workshops_follow_the_new_days_of_their_series() -> None:
    same = follow(DAYS, list(DAYS.values()))
    assert same == Followed(("jan", "fev", "mar"), {}, (), ())
    # February moves inside its month; March has no day of its own and takes the one left, in June
    new = [date(2027, 6, 3), date(2027, 2, 11), date(2027, 1, 7), date(2028, 3, 2)]
    found = follow(DAYS, new)
    assert (found.kept, found.dropped) == (("jan",), ())
    assert found.moved == {"fev": date(2027, 2, 11), "mar": date(2027, 6, 3)}
    assert found.added == (date(2028, 3, 2),)
    # March moves inside its month, though February comes first; February takes what is left
    two = {"fev": DAYS["fev"], "mar": DAYS["mar"]}
    assert follow(two, [date(2027, 3, 11), date(2027, 6, 3)]).moved == {
        "mar": date(2027, 3, 11), "fev": date(2027, 6, 3)
    }  # fmt: skip
    # the first in time take the days left, whatever the order they were written in
    late = follow({"b": date(2027, 5, 3), "a": date(2027, 4, 1)}, [date(2027, 9, 1)])
    assert (late.moved, late.dropped) == ({"a": date(2027, 9, 1)}, ("b",))
    assert follow(DAYS, []) == Followed((), {}, (), ("jan", "fev", "mar"))
    assert follow({}, new).added == tuple(sorted(new))


@given(
    st.dictionaries(st.integers(0, 9), st.dates(date(2027, 1, 1), date(2027, 6, 1)), max_size=6),
    st.lists(st.dates(date(2027, 1, 1), date(2027, 6, 1)), max_size=6, unique=True),
)
def test_no_workshop_and_no_day_is_lost(held: dict[str, date], days: list[date]) -> None:
    found = follow(held, days)
    assert sorted([*found.kept, *found.moved, *found.dropped]) == sorted(held)
    used = [*(held[name] for name in found.kept), *found.moved.values(), *found.added]
    assert sorted(used) == sorted(days)
    assert not (found.dropped and found.added)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"window": (20, 15)}, "Du 20 au 15 : ces jours du mois ne se suivent pas"),
        ({"window": (0, 3)}, "Du 0 au 3"), ({"window": (15, 32)}, "Du 15 au 32"),
        ({"every": 0}, "Le rythme est d’un mois au moins, le jour de la semaine de 0 à 6"),
        ({"weekday": 7}, "Le rythme est d’un mois"),
    ],
)  # fmt: skip
def test_a_series_that_cannot_be_is_refused(wrong: dict[str, Any], why: str) -> None:
    told = {"first": date(2027, 1, 1), "every": 1, "window": (15, 20)} | wrong
    with pytest.raises(ParameterError, match=why):
        occurrences(Series(**told), until=date(2027, 6, 1))


def test_a_series_has_an_end() -> None:
    with pytest.raises(ParameterError, match="10 ans"):
        occurrences(Series(date(2027, 1, 1), 1, (15, 20)), until=date(2099, 1, 1))


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 6),
    st.tuples(st.integers(1, 31), st.integers(1, 31)).map(sorted),
    st.sampled_from([None, *range(7)]),
)  # fmt: skip
def test_every_month_has_its_day_or_a_reason(
    first: date, every: int, window: list[int], weekday: int | None
) -> None:
    series = Series(first, every, (window[0], window[1]), ("a", "b", "c"), weekday)
    until = first + timedelta(days=700)
    found, left_out = occurrences(series, until=until)
    months = {(one.day.year, one.day.month) for one in found}
    assert len(months) == len(found)
    assert not months & {(one.month.year, one.month.month) for one in left_out}
    assert [one.turn for one in found] == [("a", "b", "c")[rank % 3] for rank in range(len(found))]
    for one in found:
        assert window[0] <= one.day.day <= window[1]
        assert weekday is None or one.day.weekday() == weekday
    assert all(one.why for one in left_out)
