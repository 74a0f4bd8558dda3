"""What the rooms of difficulties and rights give to a public portrait."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.rights.outcomes import Case
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.models import Exchange, Procedure, Proposal
from portrea.web.action.services import pleas
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.rights.services.outcomes import outcome_log
from portrea.web.steering.complete import difficulties, rights
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Section, Table

pytestmark = pytest.mark.django_db
WHERE = "departement:35"
INSIDE, ELSEWHERE = "epci:243500618", "epci:243500139"
BEFORE = timezone.localdate().replace(day=1) - timedelta(days=20)
"""A day of the twelve whole months that are told."""


def seen(count: int, day: date = BEFORE, **told: Any) -> None:
    """Tell difficulties from four places."""
    for rank in range(count):
        card: dict[str, Any] = {
            "territory": INSIDE,
            "codes": ["comprendre"],
            "severity": 3,
            "words": "",
        } | told
        place = told.get("place") or f"Lieu {'ABCD'[rank % 4]}"
        difficulty_tell(
            actor=SYSTEM, day=day, procedure=Procedure.objects.get(origin="rsa_dtr"),
            **(card | {"place": place}),
        )  # fmt: skip


def given(module: Any, where: str = WHERE) -> dict[str, Section]:
    return {section.id: section for section in module.sections(territory_find(where))}


def cells(table: Table) -> list[list[str]]:
    return [[re.sub(r"\s", " ", cell.text) for cell in row] for row in table.rows]


def test_difficulties_are_told_from_five_in_two_places_and_rounded(site: object) -> None:
    assert "difficultes" not in given(difficulties)
    seen(4)
    assert "difficultes" not in given(difficulties)
    seen(8)
    seen(6, place="Un seul lieu", codes=["papier"])
    seen(30, day=timezone.localdate())
    found = given(difficulties)["difficultes"]
    (row,) = cells(found.tables[0])
    assert row[2:] == ["Ne comprend pas ce qui est demandé", "environ 10", "de 5 à 18", "4"]
    assert found.figures[0].table == found.tables[0].id
    told = {row[0]: row[1] for table in found.tables[1:] for row in cells(table)}
    assert told["Ne comprend pas ce qui est demandé"] == "environ 10"
    assert told["Pas de solution papier"] == "caché (petit nombre)"
    assert told["Démarche abandonnée"] == "environ 20"
    assert "difficultes" not in given(difficulties, ELSEWHERE)


def test_proposals_are_counted_and_only_public_ones_are_read(site: object) -> None:
    seen(12, day=timezone.localdate(), territory=WHERE)
    made = pleas.plea_draft(
        actor=SYSTEM, territory=WHERE, procedure=Procedure.objects.get(origin="rsa_dtr"),
        code="comprendre",
    )  # fmt: skip
    told = {"title": "Dire ce qu’il faut écrire", "who": "", "suggestion": "Un exemple",
            "addressee": "Caf", "email": ""}  # fmt: skip
    pleas.plea_edit(actor=SYSTEM, key=made.key, told=told)
    assert "propositions" not in given(difficulties)
    Proposal.objects.filter(pk=made.pk).update(
        state="envoyee", sent=timezone.localdate() - timedelta(days=70)
    )
    found = given(difficulties)["propositions"]
    assert "aucune n’a encore reçu de réponse" in found.lead.text
    assert any("depuis 60 jours ou plus" in text for text in found.paragraphs)
    assert not found.tables
    Proposal.objects.filter(pk=made.pk).update(public=True)
    (row,) = cells(given(difficulties)["propositions"].tables[0])
    assert row[0] == "Dire ce qu’il faut écrire"
    assert row[4:] == ["pas encore", "–"]
    at = timezone.now() - timedelta(days=40)
    Exchange.objects.create(proposal=made, event="changer", from_body=True, at=at)
    compared = {"saying": "moins souvent", "before": 12, "before_days": 90, "after": 5}
    Proposal.objects.filter(pk=made.pk).update(
        state="changee", compared=compared | {"after_days": 80}
    )
    found = given(difficulties)["propositions"]
    (row,) = cells(found.tables[0])
    changed = "moins souvent : 12 situations en 90 jours, puis 5 en 80 jours"
    assert row[3:] == ["changée", "après 30 jours", changed]
    assert [re.sub(r"\s", " ", text) for text in found.paragraphs] == [
        "Délai médian de réponse : 30 jours."
    ]
    Proposal.objects.filter(pk=made.pk).update(compared=compared | {"after": None})
    assert cells(given(difficulties)["propositions"].tables[0])[0][5] == "moins souvent"


def followed(count: int, **told: Any) -> None:
    for _rank in range(count):
        case = Case(right="rsa", detected=BEFORE, **told)
        outcome_log(actor=SYSTEM, territory=INSIDE, case=case)


def test_rights_followed_are_rounded_and_nothing_is_told_of_few(site: object) -> None:
    assert "droits-suivis" not in given(rights)
    followed(3, opened=BEFORE)
    assert "droits-suivis" not in given(rights)
    followed(10, opened=BEFORE)
    followed(8)
    found = given(rights)["droits-suivis"]
    rows = {row[0]: row[1:] for row in cells(found.tables[0])}
    assert (rows["Ensemble"][0], rows["Ensemble"][4]) == ("environ 20", "environ 15")
    assert "environ 15 sont ouverts" in re.sub(r"\s", " ", found.lead.text)
    assert "droits-suivis" not in given(rights, ELSEWHERE)
