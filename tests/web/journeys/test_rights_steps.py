"""What other rooms tell the hint of rights: dates worked by hand, procedures, communes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import TerritoryError
from portrea.rights.cards import cards
from portrea.web.journeys import rights_steps
from portrea.web.rights.hints.steps import rooms

if TYPE_CHECKING:
    from django.test import Client

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("rule", "what", "when"),
    [
        ("rsa_dtr", "Déclaration trimestrielle de ressources",
         "Si vous le demandez ce mois-ci : du 1er au 28 février 2027."),
        ("al_recalcul", "Recalcul tous les trois mois, sur les douze derniers mois connus",
         "Rien à faire de vous-même."),
        ("css_renouv", "Demande de renouvellement",
         "À redemander à partir de 4 mois avant la fin du droit, au plus tard 2 mois avant."),
        ("cheque_energie", "Utiliser le chèque", "Au plus tard le jour de la fin."),
        ("ars_attestation", "Dire que l’enfant est à l’école ou en apprentissage",
         "À partir de juillet 2027. En juillet, avant le versement d’août ; avant 16 ans, rien à "
         "faire quand on est déjà allocataire."),
    ],
)  # fmt: skip
def test_dates_for_who_would_ask_today(rule: str, what: str, when: str) -> None:
    (told,) = rights_steps.deadlines([rule], DAY)
    assert (told.what, told.when) == (what, when)
    assert "fiabilité" in told.source


def test_every_card_has_its_procedure_and_its_dates() -> None:
    for card in cards().values():
        found = rooms().procedure(card.procedure)
        assert found
        assert not found.link or found.link.startswith("https://www.service-public.fr/")
        assert len(rooms().deadlines(card.dates, DAY)) == len(card.dates)
    assert rooms().procedure("inconnue") is None


def test_communes_by_name_and_by_code(site: Client) -> None:
    assert [one.code for one in rooms().communes("Montfort-sur-Meu")] == ["35188"]
    assert rooms().place("35188") == "Montfort-sur-Meu (35)"
    with pytest.raises(TerritoryError):
        rooms().place("99999")
