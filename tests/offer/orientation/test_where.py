"""Where a person is: names borne by several communes, former codes, positions outside France."""

from __future__ import annotations

import pytest

from portrea.base.errors import TerritoryError
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.where import communes_named, departure
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.territory import Gazetteer, complete_territories

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("where"))
    load_embedded(store, departements={"35", "76", "22", "973"})
    return Gazetteer(complete_territories(store.gather("territories")))


def test_a_name_borne_once_is_sure(gazetteer):
    assert [one.code for one in communes_named("montfort sur meu", gazetteer)] == ["35188"]
    assert [one.code for one in communes_named("Rennes", gazetteer)] == ["35238"]
    assert [one.code for one in communes_named("35188", gazetteer)] == ["35188"]


def test_a_beginning_borne_by_many_is_a_choice(gazetteer):
    found = communes_named("Saint-Aubin", gazetteer)
    assert len(found) > 3
    assert all("(" in one.title for one in found), "told with their départements"
    assert len({one.code for one in found}) == len(found)


def test_twins_are_told_apart_by_their_departements(gazetteer):
    """Plélan, Saint-Aubin, La Chapelle… : the same whole name in two départements."""
    found = communes_named("Saint-Carreuc", gazetteer)
    assert [one.departement for one in found] == ["22"]
    names = {}
    for row in gazetteer.table.filter(level="commune").iter_rows(named=True):
        names.setdefault(row["name"], []).append(row["code"])
    twins = {name: codes for name, codes in names.items() if len(codes) > 1}
    assert twins
    for name, codes in twins.items():
        assert sorted(one.code for one in communes_named(name, gazetteer)) == sorted(codes)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "xyzzyxyzzy", "\x00", "’; DROP TABLE"])
def test_what_is_no_commune_is_refused_in_french(text, gazetteer):
    with pytest.raises(TerritoryError) as caught:
        communes_named(text, gazetteer)
    assert "ommune" in caught.value.message
    assert caught.value.remedy


def test_departure_from_a_commune(gazetteer):
    found = departure(Asked.of("commune=35188"), gazetteer)
    assert found.commune.code == "35188"
    assert not found.exact
    assert found.longitude == pytest.approx(-1.96, abs=0.1)


def test_departure_from_a_position(gazetteer):
    found = departure(Asked.of("lon=-1.678&lat=48.111"), gazetteer)
    assert found.commune.code == "35238"
    assert (found.longitude, found.latitude, found.exact) == (-1.678, 48.111, True)


@pytest.mark.parametrize(
    "point", ["lon=0&lat=0", "lon=13.4&lat=52.5", "lon=-30&lat=45", "lon=-4.2&lat=49.5"]
)
def test_outside_france_is_refused(point, gazetteer):
    with pytest.raises(TerritoryError, match="hors de France"):
        departure(Asked.of(point), gazetteer)


def test_a_large_commune_is_large(gazetteer):
    """Maripasoula (Guyane) covers 18,000 km²: sixty km from its point, it is still there."""
    commune = gazetteer.get("commune", "97353")
    row = gazetteer.table.filter(level="commune", code="97353").row(0, named=True)
    point = f"lon={row['longitude'] + 0.5:.3f}&lat={row['latitude']:.3f}"
    assert departure(Asked.of(point), gazetteer).commune.departement == commune.departement


def test_what_is_not_told_or_unknown_is_refused(gazetteer):
    with pytest.raises(TerritoryError, match="où vous êtes"):
        departure(Asked(), gazetteer)
    with pytest.raises(TerritoryError):
        departure(Asked.of("commune=35999"), gazetteer)
