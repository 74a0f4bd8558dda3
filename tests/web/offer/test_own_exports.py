"""Our exports come back: census → file → empty census → the same file, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portrea.base.errors import DataError
from portrea.offer.exchange.context import Context
from portrea.offer.record import (
    Block,
    Capacity,
    Closure,
    Helper,
    Place,
    Presence,
    PresenceKind,
    Saturation,
    Service,
)
from portrea.steering.exchange import STANDARDS, Told, export
from portrea.steering.exchange_reading import read_own
from portrea.web.accounts.permissions import Actor
from portrea.web.offer import models
from portrea.web.offer.census import census_place, texts_of
from portrea.web.offer.services import import_apply, import_receive
from steering.test_exchange import content_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
CONTEXT = Context(today=TODAY, producer="21350133200017")
ACTOR = Actor.system("essai")

AIDE = Service(
    block=Block.AIDE,
    key="aide",
    name="Aide aux démarches",
    description="Sur rendez-vous, ou sans.",
    offers=("Aide aux démarches administratives",),
    procedures=("RSA",),
    support_modes=("Accompagnement individuel",),
    access_modes=("Se présenter", "Téléphoner"),
    publics=("Seniors (+ 65 ans)",),
    languages=("arabe", "français"),
    cost=("Gratuit",),
    capacity=Capacity(hours_week=12.5, persons_week=30, saturation=Saturation.FORTE),
    helpers=(Helper(role="conseiller numérique", count=1.5),),
    presences=(
        Presence(
            kind=PresenceKind.PERMANENCE,
            hours="Tu 10:00-12:00",
            hours_confirmed=True,
            by_appointment=True,
        ),
    ),
    confirmed=date(2026, 10, 1),
)
BUS = Service(
    block=Block.FORMATION,
    key="bus",
    presences=(
        Presence(
            kind=PresenceKind.ITINERANT,
            every_weeks=2,
            first=date(2026, 9, 1),
            closures=(Closure(start=TODAY, end=TODAY, reason="pont"),),
        ),
        Presence(kind=PresenceKind.DISTANCE),
    ),
)
PLACES = (
    Place(
        id="pabcdefghijk2",
        name="=Mairie annexe",
        kind="MUNI",
        siret="21350133200017",
        commune="35133",
        city="Iffendic",
        postcode="35750",
        address="2 place de l'Église",
        longitude=-2.03,
        latitude=48.13,
        position="declared",
        phone="+33299000000",
        emails=("accueil@exemple.fr", "mairie@exemple.fr"),
        websites=("https://www.exemple.fr",),
        summary="Un accueil pour tous.",
        detail="Deux lignes.\nDe texte.",
        hours="Mo-Fr 09:00-12:00",
        hours_confirmed=True,
        closures=(Closure(start=date(2026, 12, 24), end=date(2027, 1, 2)),),
        programmes=("France Services",),
        services=(AIDE, BUS),
        updated=date(2026, 10, 1),
        source="liste d'essai",
    ),
    Place(
        id="pzyxwvutsrqp7",
        name="Médiathèque 1,5",
        city="Iffendic",
        postcode="35750",
        address="3 place",
        phone="0299",
        updated=date(2024, 1, 1),
        source="autre liste",
    ),
)


def put(places, source="essai"):
    batch = import_receive(actor=ACTOR, source=source, title="Essai", file_name="", sha256="")
    return import_apply(actor=ACTOR, batch=batch, places=places, own=True, today=TODAY)


def write(path, standard):
    found = models.Place.objects.filter(status="open")
    return export((Told(*t) for t in texts_of(found)), standard, path, CONTEXT)


def empty():
    models.ImportRow.objects.all().delete()
    models.SourceCard.objects.all().delete()
    models.Place.objects.all().delete()


@pytest.mark.parametrize(
    ("standard", "extension"),
    [(name, chosen.extension) for name, chosen in STANDARDS.items() if name != "csv"]
    + [("mednum", "json"), ("mednum-5", "json"), ("geojson", "json")],
)
def test_written_read_and_written_again_it_is_the_same(tmp_path, standard, extension):
    put(PLACES)
    first, again = tmp_path / f"a.{extension}", tmp_path / f"b.{extension}"
    assert write(first, standard).written
    empty()
    own = read_own(first)
    assert own is not None
    assert own.standard == standard
    put(own.places, "portrea")
    write(again, standard)
    assert content_of(again) == content_of(first)


@pytest.mark.parametrize("standard", ["geojson", "xlsx"])
def test_the_whole_record_comes_back(tmp_path, standard):
    put(PLACES)
    path = tmp_path / f"a.{STANDARDS[standard].extension}"
    write(path, standard)
    own = read_own(path)
    assert own is not None
    assert sorted(own.places, key=lambda place: place.id) == list(PLACES)


def test_capacity_goes_back_to_its_places(tmp_path):
    put(PLACES)
    lines, places = tmp_path / "capacite.csv", tmp_path / "a.csv"
    write(lines, "csv")
    write(places, "mednum")
    empty()
    own = read_own(places)
    assert own is not None
    put(own.places, "portrea")
    bare = census_place(PLACES[0].id)
    assert bare is not None
    assert all(service.capacity is None for service in bare.content.services)

    def known(identifiers):
        found = ((i, census_place(i)) for i in identifiers)
        return {i: place.content for i, place in found if place}

    told = read_own(lines, known=known)
    assert told is not None
    assert (told.standard, told.unknown) == ("csv", ())
    batch = put(told.places, "portrea-capacite")
    assert (batch.counts["created"], batch.counts["places"]) == (1, 0)
    again = tmp_path / "encore.csv"
    write(again, "csv")
    before, after = ({*p.read_text("utf-8").splitlines()} for p in (lines, again))
    assert before <= after
    # mednum gives one service per kind of help: the one of key « formation » stands beside « bus »
    assert {line.split(",")[1] for line in after - before} <= {"formation"}
    fresh = census_place(PLACES[0].id)
    assert fresh is not None
    aide = next(s for s in fresh.content.services if s.key == "aide")
    assert (aide.capacity, aide.helpers, aide.languages) == (
        AIDE.capacity, AIDE.helpers, AIDE.languages,
    )  # fmt: skip
    assert aide.access_modes == AIDE.access_modes


def test_lines_of_capacity_of_nobody_are_said(tmp_path):
    put(PLACES)
    path = tmp_path / "capacite.csv"
    write(path, "csv")
    told = read_own(path)
    assert told is not None
    assert (told.places, told.unknown) == ((), (PLACES[0].id,))


def test_a_workbook_filled_by_people_changes_the_place_it_names(tmp_path):
    put(PLACES)
    moved = replace(PLACES[1], phone="+33299000001", updated=TODAY)
    batch = put([moved], "portrea")
    assert (batch.counts["created"], batch.counts["places"]) == (1, 0)
    found = census_place(PLACES[1].id)
    assert found is not None
    assert found.content.phone == "+33299000001"
    assert models.Place.objects.count() == 2


@pytest.mark.parametrize("standard", ["mednum", "data-inclusion"])
def test_the_file_of_somebody_else_is_left_to_others(tmp_path, standard):
    path = tmp_path / f"a.{STANDARDS[standard].extension}"
    export([replace(PLACES[0], id="liste--1")], standard, path, CONTEXT)
    assert read_own(path) is None
    assert read_own(tmp_path / "rien.xlsx") is None


def test_a_column_that_is_not_ours_is_refused(tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "a.xlsx"
    export(PLACES, "xlsx", path, CONTEXT)
    book = load_workbook(path)
    book["lieux"]["C1"] = "Étage"
    book.save(path)
    with pytest.raises(DataError, match="la colonne « Étage » n’existe pas"):
        read_own(path)
