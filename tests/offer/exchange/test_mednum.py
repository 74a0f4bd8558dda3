"""Places to the mednum standard and back: hand-worked cases, then any place at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from offer.exchange.strategies import CITIES, TODAY, complete, places
from portrea.offer.content import from_dict
from portrea.offer.exchange.context import Context, LeftOut
from portrea.offer.exchange.mednum import COLUMNS, file_name, of_mednum, to_mednum
from portrea.offer.exchange.mednum_former import COLUMNS as FORMER
from portrea.offer.exchange.mednum_former import of_former, to_former
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import check_schema

RAW = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/exchange/mednum.yaml").read_text("utf-8")
)
CONTEXT = Context(today=TODAY, cities=CITIES)


def place_of(change):
    told = {**RAW["base"], **change}
    return from_dict({name: value for name, value in told.items() if value is not None})


@pytest.mark.parametrize("case", RAW["cases"], ids=[c["name"] for c in RAW["cases"]])
def test_case(case):
    line = to_mednum(place_of(case["change"]), CONTEXT)
    if "left" in case:
        assert isinstance(line, LeftOut)
        assert line.field == case["left"]
    else:
        assert tuple(line) == COLUMNS == tuple(mednum.fields())
        assert {name: line[name] for name in case["written"]} == case["written"]


def test_an_unknown_date_may_be_chosen_by_the_user():
    chosen = Context(today=TODAY, undated=date(2020, 1, 1))
    line = to_mednum(place_of({"updated": None}), chosen)
    assert not isinstance(line, LeftOut)
    assert line["date_maj"] == "2020-01-01"


def test_hours_nobody_confirmed_can_be_kept_back():
    careful = Context(today=TODAY, confirmed_hours=True)
    change = {"hours": "Mo 09:00-12:00"}
    assert to_mednum(place_of(change), careful)["horaires"] is None
    confirmed = place_of(change | {"hours_confirmed": True})
    assert to_mednum(confirmed, careful)["horaires"] == "Mo 09:00-12:00"


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=complete)
def test_any_complete_place_passes_the_schema_and_comes_back_the_same(place):
    line = to_mednum(place, CONTEXT)
    assert not isinstance(line, LeftOut)
    assert check_schema(line) == []
    again = to_mednum(of_mednum(line), CONTEXT)
    if line["services"] is None:  # the programmes may then tell a service
        again["services"] = None
    assert again == line


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=places)
def test_a_place_is_left_out_only_for_want_of_what_is_required(place):
    line = to_mednum(place, CONTEXT)
    if isinstance(line, LeftOut):
        assert mednum.fields()[line.field].required
    else:
        assert all(line[name] for name, f in mednum.fields().items() if f.required)


def test_the_former_version_is_read_back():
    services = [
        {
            "block": "aide",
            "key": "aide",
            "offers": ["Aide aux démarches administratives"],
            "cost": ["Payant"],
            "publics": ["Seniors"],
            "special_care": ["Surdité"],
            "support_modes": ["Accompagnement individuel"],
        }
    ]
    place = place_of({"services": services, "programmes": ["France Services"]})
    line = to_former(place, CONTEXT)
    assert tuple(line) == FORMER
    assert line["services"] == "Réaliser des démarches administratives avec un accompagnement"
    assert line["publics_accueillis"] == "Seniors (+ 65 ans);Surdité"
    back = of_former(line)
    assert (back.services, back.programmes) == (place.services, place.programmes)


def test_the_former_version_wants_a_service():
    left = to_former(place_of({}), CONTEXT)
    assert isinstance(left, LeftOut)
    assert left.field == "services"


def test_file_name():
    name = file_name("2026-11-22", "21350133200017", "CC Saint-Méen Montauban")
    assert name == (
        "2026-11-22_21350133200017_lieux-de-mediation-numerique_cc-saint-meen-montauban.csv"
    )
