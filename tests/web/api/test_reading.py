"""What is read: territories, needs, places, services, presences, orientation, procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import time_machine

from portrea.steering import opendata
from portrea.web.territories.selectors import reader, territory_find
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from portrea.web.offer.models import Place

    Ask = Callable[..., Any]

EPCI = "epci:243500550"
SERVICE = {
    "block": "aide", "key": "aide", "procedures": ["CAF"], "languages": ["arabe"],
    "capacity": {"hours_week": 6.0},
    "presences": [
        {"kind": "permanence", "hours": "Mo 09:00-12:00", "every_weeks": 2, "first": "2026-11-23"}
    ],
}  # fmt: skip


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    return answer.json()


# -- territories -----------------------------------------------------------------------------------


def test_home_leads_everywhere(api: Ask, site: Client) -> None:
    home = told(api(""))
    assert home["computation"] == reader().computation_id
    for name, address in home["links"].items():
        asked = {"orientation": "?commune=35238"}.get(name, "")
        assert site.get(address + asked).status_code == 200, name


def test_territories_by_name_by_level_and_one(api: Ask) -> None:
    rennes = told(api("territories?q=renes"))["items"]
    assert "commune:35238" in [one["reference"] for one in rennes]
    first = told(api("territories?dans=departement:35&niveau=epci&taille=3"))
    codes = [one["code"] for one in first["items"]]
    assert codes == sorted(codes)
    assert first["total"] > 3
    one = told(api("territories/commune:35133"))
    assert (one["name"], one["departement"], one["page"]) == (
        "Iffendic", "35", "/territoires/commune/35133/",
    )  # fmt: skip
    assert [above["level"] for above in one["parents"]][-1] == "france"


def test_a_former_commune_leads_to_today(api: Ask) -> None:
    one = told(api("territories/commune:35112"))  # Fleurigné, part of another since 2024
    assert one["code"] == "35062"
    assert "35112" in one["notes"][0]


# -- needs -----------------------------------------------------------------------------------------


def test_needs_are_those_of_the_open_file(api: Ask) -> None:
    rows = {
        (row["code"], row["measure"]): row
        for row in opendata.rows(reader(), territory_find(EPCI))
        if row["level"] == "epci"
    }
    answered = told(api(f"needs?territoire={EPCI}"))
    assert answered["total"] == len(answered["items"]) == 9
    for item in answered["items"]:
        expected = rows[item["code"], item["measure"]]
        assert {name: item[name] for name in expected} == expected
        assert item["definition"]
        assert item["vintages"]


def test_a_small_area_stays_hidden(api: Ask) -> None:
    """The suppression of the pages: no number of a withheld IRIS comes out, whatever is asked."""
    withheld = reader().snapshot.withheld
    assert withheld.height
    code, commune = withheld.select("code", "commune").row(0)
    raw = reader().computation.table("estimates").filter(
        pl.col("code") == code, pl.col("n").is_not_null()
    )  # fmt: skip
    assert raw.height, "the computation knows numbers that must not come out"
    for address in (f"territoire=iris:{code}", f"territoire=commune:{commune}&niveau=iris"):
        items = told(api(f"needs?{address}&taille=100"))["items"]
        hidden = [one for one in items if one["code"] == code]
        assert len(hidden) == 9
        for one in hidden:
            assert one["status"] in {"hidden", "unavailable"}
            assert {one[name] for name in opendata.NUMBERS} == {None}
        assert "hidden" in {one["status"] for one in hidden}


def test_sources_have_a_vintage_and_a_licence(api: Ask) -> None:
    answered = told(api("sources"))
    assert answered["items"]
    assert all(one["vintage"] and one["producer"] for one in answered["items"])


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_places_before_any_census(api: Ask) -> None:
    """Without census the places of the computation are told, in the same shape."""
    listed = told(api("places?territoire=departement:35&taille=2"))
    assert listed["total"] > 100
    one = told(api(f"places/{listed['items'][0]['id']}"))
    assert {name: one[name] for name in listed["items"][0]} == listed["items"][0]


def test_a_place_is_told_whole(api: Ask, census: Callable[..., list[Place]]) -> None:
    [place] = census(
        1, services=[SERVICE], hours="Tu 10:00-12:00", emails=["accueil@iffendic.fr"],
        websites=["javascript:alert(1)"], updated="2026-10-01", programmes=["France Services"],
    )  # fmt: skip
    with time_machine.travel("2026-11-22T10:00Z", tick=False):
        [listed] = told(api("places?territoire=commune:35133"))["items"]
        one = told(api(f"places/{place.pk}"))
    assert {name: one[name] for name in listed} == listed
    assert (listed["situations"], listed["freshness"]) == (
        ["information", "equipement", "aide"], "fresh",
    )  # fmt: skip
    assert listed["website"] is None, "a trap is no address"
    assert "emails" not in listed
    assert one["emails"] == ["accueil@iffendic.fr"]
    [service] = one["services"]
    assert (service["key"], service["capacity"]["hours_week"]) == ("aide", 6.0)
    [presence] = service["presences"]
    assert presence["next"] == {
        "day": "2026-11-23", "start": "09:00", "end": "12:00", "sure": True,
    }  # fmt: skip
    assert one["told"]["name"]["source"] == "liste-a"


def test_services_and_presences_name_their_place(
    api: Ask, census: Callable[..., list[Place]]
) -> None:
    [place] = census(1, services=[SERVICE])
    [service] = told(api("services?territoire=commune:35133"))["items"]
    assert (service["place"], service["languages"]) == (place.pk, ["arabe"])
    [presence] = told(api("presences?territoire=commune:35133"))["items"]
    assert (presence["place"], presence["service"], presence["every_weeks"]) == (
        place.pk, "aide", 2,
    )  # fmt: skip


def test_places_are_filtered_as_on_the_page(api: Ask, site: Client) -> None:
    applied(
        record("1", services=[SERVICE], longitude=-2.03, latitude=48.13),
        record("2", phone="+33299000002", longitude=-1.68, latitude=48.11),
        record("3", commune="35238", city="Rennes"),
    )

    def found(query: str) -> list[str]:
        return sorted(one["name"] for one in told(api(f"places?{query}"))["items"])

    assert found("territoire=commune:35133") == ["Lieu 1", "Lieu 2"]
    assert found("territoire=departement:35&langue=arabe") == ["Lieu 1"]
    assert found("situation=aide") == ["Lieu 1"]
    assert found("q=rennes") == ["Lieu 3"]
    assert found("cadre=-2.1,48.1,-2.0,48.2") == ["Lieu 1"]
    assert found("territoire=departement:35&theme=rien") == []


def test_a_hidden_place_is_gone(api: Ask, census: Callable[..., list[Place]]) -> None:
    place, other = census(2)
    type(place).objects.filter(pk=place.pk).update(status="hidden", changed=place.changed)
    gone = api(f"places/{place.pk}")
    assert (gone.status_code, gone.json()["code"]) == (410, "disparu")
    assert [one["id"] for one in told(api("places"))["items"]] == [other.pk]
    assert api("places/inconnu").json()["code"] == "introuvable"


def test_a_former_identifier_leads_to_the_place(
    api: Ask, census: Callable[..., list[Place]]
) -> None:
    [place] = census(1)
    moved = api("places/0")  # its identifier in the list
    assert moved.status_code == 301
    assert moved["Location"].endswith(f"/api/v1/places/{place.pk}")


@pytest.mark.parametrize("size", [1, 25])
def test_a_page_is_read_in_the_same_queries_whatever_its_size(
    size: int, api: Ask, census: Callable[..., list[Place]],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    census(30, services=[SERVICE])
    for address in ("places", "services", "presences"):
        api(f"{address}?taille={size}")  # the index is made once
        with django_assert_max_num_queries(3):  # last change, count of a small census, the page
            api(f"{address}?taille={size}")


# -- orientation -----------------------------------------------------------------------------------


def test_orientation_is_that_of_the_page(api: Ask) -> None:
    from portrea.offer.orientation.asked import Asked
    from portrea.web.journeys.selectors import orient

    with time_machine.travel("2026-11-25T09:00Z", tick=False):
        answered = told(api("orientation?commune=35133&besoin=aide&taille=5"))
        expected = orient(Asked.of("commune=35133&besoin=aide"), stop=5)
    assert [one["place"] for one in answered["choices"]] == [one.id for one in expected.choices]
    assert answered["total"] == expected.total
    assert answered["choices"][0]["why"] == expected.choices[0].why
    assert answered["page"].startswith("/orientation/?commune=35133&besoin=aide")


def test_orientation_is_never_kept(api: Ask) -> None:
    answered = api("orientation?lon=-1.67&lat=48.11")
    assert answered.status_code == 200
    assert answered["Cache-Control"] == "no-store"
    assert "ETag" not in answered


def test_procedures_are_found_in_everyday_words(api: Ask) -> None:
    everything = told(api("procedures"))["items"]
    assert len(everything) > 20
    best = told(api("procedures?q=payer moin de loyé"))["items"][0]
    assert best["code"] in {one["code"] for one in everything}
    assert "logement" in best["label"].lower() or "loyer" in " ".join(best["phrases"])
