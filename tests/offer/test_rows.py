"""Records as rows of the table ``places``, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portrea.offer.record import Block, Place, Service
from portrea.offer.rows import _lists, block_of, of_row, situations, to_row, undescribed
from portrea.sources.store import Store
from portrea.vocab.situations import rules
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from pathlib import Path


def place_of(*blocks: Block, **fields) -> Place:
    services = tuple(Service(block=block, key=str(block)) for block in blocks)
    return Place(id="x", name="Lieu", services=services, **fields)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (place_of(Block.DEPANNAGE), ["equipement"]),
        (place_of(Block.FORMATION, Block.AIDE), ["aide", "formation"]),
        # a library that declares help only helps; a town hall informs whatever it declares
        (place_of(Block.AIDE, kind="BIB"), ["aide"]),
        (place_of(kind="BIB"), ["equipement"]),
        (place_of(Block.AIDE, kind="MUNI"), ["information", "aide"]),
        (place_of(programmes=("Aidants Connect",)), ["aide"]),
    ],
)
def test_situations_come_from_blocks_programmes_and_kind(place, expected):
    assert [str(s) for s in situations(place)] == expected


def test_leisure_answers_no_situation_and_a_closed_place_none():
    leisure = Service(
        block=Block.FORMATION, key="formation", offers=("Loisirs et créations numériques",)
    )
    assert situations(Place(id="x", name="L", services=(leisure,))) == ()
    closed = Service(block=Block.AIDE, key="aide", access_modes=(rules().closed,))
    assert situations(Place(id="x", name="L", kind="MUNI", services=(closed,))) == ()


def test_every_service_of_the_standard_has_a_block():
    blocks = {value: block_of(value) for value in mednum.fields()["services"].values}
    assert blocks["Aide aux démarches administratives"] is Block.AIDE
    assert blocks["Acquisition de matériel informatique à prix solidaire"] is Block.DEPANNAGE
    assert blocks["Accès internet et matériel informatique"] is Block.EQUIPEMENT
    assert blocks["Loisirs et créations numériques"] is Block.FORMATION


def test_a_row_unites_the_lists_of_services():
    place = Place(
        id="x",
        name="Lieu",
        address="1 rue A",
        address_more="Bâtiment B",
        services=(
            Service(block=Block.AIDE, key="aide", publics=("Jeunes",), cost=("Gratuit",)),
            Service(
                block=Block.FORMATION,
                key="formation",
                publics=("Seniors", "Jeunes"),
                special_care=("Surdité",),
                cost=("Gratuit",),
                phone="+33299000000",
            ),
        ),
    )
    row = to_row(place)
    assert row["publics"] == ["Jeunes", "Seniors", "Surdité"]
    assert row["cost"] == ["Gratuit"]
    assert row["address"] == "1 rue A, Bâtiment B"
    assert row["phone"] == "+33299000000"
    assert row["access_modes"] is None


# -- back from a row ------------------------------------------------------------------------------


def row_of(**fields: Any) -> dict[str, Any]:
    return dict.fromkeys(PLACES.schema) | {"id": "x", "name": "L", "source": "s"} | fields


def test_services_are_grouped_by_block():
    row = row_of(
        services=["Aide aux démarches administratives", "Utilisation sécurisée du numérique"],
        situations=["aide", "formation"],
        publics=["Jeunes", "Surdité"],
        cost=["Gratuit"],
    )
    aide, formation = of_row(row).services
    assert (aide.block, aide.offers) == (Block.AIDE, ("Aide aux démarches administratives",))
    assert formation.offers == ("Utilisation sécurisée du numérique",)
    assert (aide.publics, aide.special_care, aide.cost) == (("Jeunes",), ("Surdité",), ("Gratuit",))
    assert to_row(of_row(row)) == row


def test_an_old_list_that_told_learning_still_does():
    """Version 0.1 « devenir autonome dans les démarches » is training, told as help in 1.x."""
    row = row_of(services=["Aide aux démarches administratives"], situations=["formation"])
    assert [service.block for service in of_row(row).services] == [Block.FORMATION]
    assert to_row(of_row(row))["situations"] == ["formation"]


def test_ways_of_access_without_service_go_to_what_the_kind_does():
    row = row_of(kind="BIB", situations=["equipement"], access_modes=["Se présenter"])
    assert [s.block for s in of_row(row).services] == [Block.EQUIPEMENT]
    assert to_row(of_row(row)) == row


def test_what_describes_a_service_that_nobody_told_is_left_aside_and_counted():
    """« Ohana Clubs » and « CYBER BASE », list of the Antilles (2023): no kind, no service."""
    row = row_of(situations=[], publics=["Seniors"], cost=["Payant"])
    place = of_row(row)
    assert (place.services, situations(place)) == ((), ())
    assert undescribed(row, place)
    told = row_of(kind="BIB", situations=["equipement"], cost=["Payant"])
    assert not undescribed(told, of_row(told))
    assert not undescribed(row_of(), of_row(row_of(situations=[])))


@pytest.mark.parametrize(
    "values", [None, [], ["a"], ["a", "b"], ["é’|;"], ["a\x1fb", "c"], [""], ["", "a", ""]]
)
def test_lists_of_a_table_are_those_of_the_rows(values):
    rows = [row_of(cost=values), row_of(cost=None), row_of(cost=["x"])]
    columns = [row["cost"] for row in rows]
    assert _lists(columns).to_list() == columns


def test_every_town_hall_survives(demo_home: Path):
    rows = Store(demo_home).gather("places").to_dicts()
    assert len(rows) > 300
    assert [to_row(of_row(row)) for row in rows] == rows
