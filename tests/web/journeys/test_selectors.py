"""The answer of the site: where from, how far, when, whom to call."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from offer.orientation import test_situations as pure
from portrea.base.errors import TerritoryError
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.board import Board, entry_of
from portrea.reach.travel import default_travel
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.territory import Gazetteer, complete_territories
from portrea.territory.timezones import to_instant, zone_of
from portrea.web.journeys import board, selectors
from web.journeys.test_board import helps
from web.offer.census import applied

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Paris
CLOSED_TODAY = {"hours": "Fr 09:00-12:00"}


@pytest.fixture
def offer(site: Client, db: None) -> None:
    """Five places around Iffendic; the last one by telephone only, far away."""
    ended = {"presences": [{"until": "2026-06-30", "hours": "Tu 09:00-12:00"}]}
    applied(
        helps(1, name="Ouvert", phone="+33299000001"),
        helps(2, name="Fermé aujourd’hui", **CLOSED_TODAY, longitude=-2.05),
        helps(3, name="Fini", services=[{"block": "aide", "key": "aide", **ended}]),
        helps(4, name="Sans position", longitude=None, latitude=None),
        helps(5, name="Ailleurs", commune="35238", longitude=-1.68, latitude=48.11),
    )


@pytest.mark.usefixtures("offer")
def test_the_answer_tells_where_how_far_when_and_whom_to_call() -> None:
    found = selectors.orient(Asked.of("commune=35133&besoin=aide&demarche=caf-logement"), now=NOW)
    assert found.departure == selectors.Setting("Iffendic (35)", "35133", exact=False)
    assert found.as_of == datetime(2026, 11, 24, 10)  # noqa: DTZ001 - what clocks show there
    first = found.choices[0]
    assert (first.rank, first.place.name, first.phone) == (1, "Ouvert", "+33299000001")
    assert first.url == f"/lieux/{first.id}/"
    assert "ouvert maintenant" in first.opening
    assert "environ" in first.travel
    assert first.minutes >= 60 * default_travel().detour * first.km / 36
    assert [phone.number for phone in found.phones] == ["3230"]
    assert [one.code for one in found.organizations] == ["caf", "msa"]
    assert found.near
    assert found.left_out["ended"] == 1, "dates that ended are counted, never proposed"
    assert "Sans position" in {choice.place.name for choice in found.choices}, (
        "its commune is known"
    )
    assert "Fini" not in {choice.place.name for choice in found.choices}


@pytest.mark.usefixtures("offer")
def test_on_foot_what_is_far_is_said_and_telephones_come() -> None:
    asked = Asked.of("lon=-1.99&lat=48.29&besoin=aide&demarche=aucune&trajet=pied")
    found = selectors.orient(asked, now=NOW)
    assert found.departure.exact
    assert not found.near
    assert found.total > 0, "wider and wider, until something answers"
    assert found.calls == (("Ouvert", "+33299000001"),)
    assert "loin" in found.choices[0].travel


@pytest.mark.usefixtures("offer")
def test_pages_of_the_answer_follow_one_another() -> None:
    asked = Asked.of("commune=35133&besoin=aide&demarche=aucune")
    whole = selectors.orient(asked, now=NOW, stop=50)
    parts = [selectors.orient(asked, now=NOW, start=n, stop=n + 1).choices for n in range(3)]
    assert [one.id for part in parts for one in part] == [one.id for one in whole.choices[:3]]
    assert [one.rank for part in parts for one in part] == [1, 2, 3]


@pytest.mark.usefixtures("site", "db")
def test_where_a_person_is_not_is_said_in_french() -> None:
    for query in ("besoin=aide", "commune=35999&besoin=aide", "lon=-0.13&lat=51.51&besoin=aide"):
        with pytest.raises(TerritoryError) as caught:
            selectors.orient(Asked.of(query), now=NOW)
        assert caught.value.remedy


@pytest.mark.usefixtures("offer")
def test_communes_are_told_apart() -> None:
    (one,) = selectors.communes_for("iffendic")
    assert (one.code, one.detail) == ("35133", "Ille-et-Vilaine (35)")
    assert selectors.departure_label(Asked.of("commune=35133")) == "Iffendic (35)"


# -- twenty persons -------------------------------------------------------------------------------


class Seen:
    """An answer of the site, asked as the answer of the pure core is."""

    def __init__(self, found: selectors.Orientation) -> None:
        self.near, self.calls = found.near, found.calls
        self.told = tuple(choice.ranked for choice in found.choices)
        self.total = len(self.told)

    def ranked(self, start: int = 0, stop: int = 3) -> tuple[object, ...]:
        return self.told[start:stop]

    def to_call(self) -> tuple[tuple[str, str], ...]:
        return self.calls


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """Names and points of the communes of all the situations."""
    store = Store(tmp_path_factory.mktemp("situations"))
    where = {zone_departement(case["commune"]) for case in pure.SITUATIONS}
    load_embedded(store, departements=where)
    return Gazetteer(complete_territories(store.gather("territories")))


def zone_departement(commune: str) -> str:
    return commune[:3] if commune.startswith("97") else commune[:2]


@pytest.mark.slow
@pytest.mark.shared
def test_twenty_persons_are_sent_to_the_right_door_by_the_site(
    shared_data: Path, everywhere: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = 0
    for case in pure.SITUATIONS:
        asked, wall = pure.asked_and_now(case)
        found = pure.around(shared_data, case)
        made = Board(entry_of(place) for place in found.values())
        held = SimpleNamespace(board=made)
        monkeypatch.setattr(selectors, "board", lambda held=held, **_told: held)
        monkeypatch.setattr(
            selectors,
            "records",
            lambda _held, ids, named, found=found: (
                {key: found[key] for key in ids},
                {key: found[key].name for key in named},
            ),
        )
        monkeypatch.setattr(selectors, "reader", lambda: SimpleNamespace(gazetteer=everywhere))
        x, y = case["at"]
        there = Asked.of(f"{case['ask']}&lon={x}&lat={y}")
        now = to_instant(wall, zone_of(case["commune"]))
        answer = selectors.orient(there, now=now, stop=board.AT_ONCE)
        said = {choice.id: choice.why for choice in answer.choices[:3]}
        assert answer.as_of == wall
        pure._judge(case["expect"], said, Seen(answer), found)
        pure._judge_numbers(case["expect"], Seen(answer), asked)
        judged += 1
    assert judged == 20
