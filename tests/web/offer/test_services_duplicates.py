"""Duplicates of the census: joined with reasons, asked when doubtful, never against a person."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.cli import offer_dedupe
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import Merge, Place
from portrea.web.offer.services import place_fix, place_id_of, place_merge, place_split
from portrea.web.offer.services.duplicates import duplicates_find, duplicates_join
from portrea.web.offer.services.pairs import pair_answer
from web.offer.census import applied, record

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
HERE = {"longitude": -2.03, "latitude": 48.13}


@pytest.fixture
def census() -> None:
    """Two lists: a library told twice, a counter and its possible host, a town hall."""
    applied(
        record("1", name="Médiathèque", kind="BIB", address="2 rue du Stade", **HERE),
        record("2", name="La Poste", address="7 rue de Gaël", **HERE),
        record("3", name="Mairie", kind="MUNI", address="2 place de l’Église", **HERE),
    )
    applied(
        record("1", name="BIBLIOTHEQUE D'IFFENDIC", kind="BIB", address="2 R DU STADE", **HERE),
        record("2", name="=France services", kind="RFS", address="7 rue de Gaël", **HERE),
        source="liste-b",
    )  # fmt: skip


@pytest.mark.usefixtures("census")
def test_sure_duplicates_are_joined_with_their_reasons_and_can_be_parted() -> None:
    found = duplicates_find()
    assert Place.objects.filter(status="open").count() == 5
    assert duplicates_join(actor=SYSTEM, links=found.links) == 1
    merge = Merge.objects.get()
    assert any("même porte" in reason for reason in merge.evidence["reasons"])
    assert merge.evidence["probability"] >= 0.75
    assert not duplicates_find().links
    place_split(actor=SYSTEM, merge_id=merge.pk)
    again = duplicates_find()
    assert not again.links, "a person parted them"
    pairs = zip(again.queue["id_left"], again.queue["id_right"], strict=True)
    assert {merge.kept_id, merge.absorbed_id} not in [set(pair) for pair in pairs]


@pytest.mark.usefixtures("census")
def test_the_place_that_a_person_mended_is_kept() -> None:
    mended = place_id_of("liste-b", "1")
    place = Place.objects.get(pk=mended)
    changes = {"phone": "+33299090909"}
    place_fix(actor=SYSTEM, place_id=mended, version=place.version, changes=changes)
    assert [kept for kept, _ in duplicates_find().links.values()] == [mended]


@pytest.mark.usefixtures("census")
def test_two_places_said_to_be_two_are_not_joined_not_even_by_a_third() -> None:
    """Three cards of one library; a person says that the second and the third are two."""
    applied(
        record("1", name="Médiathèque", kind="BIB", address="2 rue du Stade", **HERE),
        source="liste-c",
    )
    first, second, third = (
        place_id_of(source, "1") for source in ("liste-a", "liste-b", "liste-c")
    )
    assert len(duplicates_find().links) == 2
    pair_answer(actor=SYSTEM, left=second, right=third, verdict="apart")
    joined = duplicates_find().links
    assert len(joined) == 1
    assert {second, third} != {*joined, *(kept for kept, _ in joined.values())}
    place_merge(actor=SYSTEM, kept=first, absorbed=second)
    assert not duplicates_find().links, "the second answers by the first now"


@pytest.mark.usefixtures("census")
def test_command_shows_then_joins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(offer_dedupe, "has_census", lambda _store: True)
    monkeypatch.setattr(offer_dedupe, "photograph_census", lambda _store: None)
    target = tmp_path / "a-juger.csv"
    shown = CliRunner().invoke(offer_dedupe.dedupe, ["--dry-run", "--queue", str(target)])
    assert shown.exit_code == 0, shown.output
    assert "5 lieux, 1 doublons sûrs, 1 paires à juger" in shown.output
    assert "rien n’a été changé" in shown.output
    assert Place.objects.filter(status="open").count() == 5
    with target.open(encoding="utf-8-sig") as stream:
        (row,) = csv.DictReader(stream, delimiter=";")
    assert {row["nom_a"], row["nom_b"]} == {"La Poste", "'=France services"}
    assert "même porte" in row["raisons"]
    done = CliRunner().invoke(offer_dedupe.dedupe, [])
    assert "Lieux réunis : 1" in done.output
    assert Place.objects.filter(status="open").count() == 4


def test_empty_census_is_said(home: Path) -> None:
    del home
    result = CliRunner().invoke(offer_dedupe.dedupe, [])
    assert result.exit_code != 0
    assert "Le recensement est vide" in str(result.exception)
