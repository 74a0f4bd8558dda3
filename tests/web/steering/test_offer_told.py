"""Sixty-six structures, synthetic, and the places of the demo: every table of the diagnosis.

Three tables are checked by hand against the counts that the synthetic set is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.complete import partners
from portrea.web.steering.complete.offer import answers_of, sections
from portrea.web.surveys.models import Publication
from portrea.web.surveys.services.examples import example_load
from portrea.web.surveys.services.publishing import results_publish, results_withdraw
from portrea.web.territories.selectors import territory_find
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

    from portrea.steering.document import Section

pytestmark = pytest.mark.django_db
EPCI = "epci:243500618"
ASKED_AND_COUNTED = {
    # types, map, assistance, workshops, equipment, solidarity sales, outreach, cost
    "offre-communes", "offre-demi-journees", "reponses-genre-tableau",
    "reponses-offres-tableau", "reponses-prix-tableau", "reponses-equipements-tableau",
    "reponses-materiel-tableau", "reponses-aller_vers-tableau",
    # who orients whom, who knows what others do
    "reponses-oriente-tableau", "reponses-oriente_comment-tableau", "reponses-suit-tableau",
    "reponses-connait-tableau", "reponses-savoir-tableau", "reponses-oriente-croise",
    # formats, who helps, with which frame, training, ways of learning
    "reponses-formats-tableau", "reponses-apprentissages-tableau", "reponses-aidants-tableau",
    "reponses-statuts-tableau", "reponses-cadres-tableau", "reponses-formations-tableau",
    # main lessons
    "offre-lecons",
}  # fmt: skip


PARTNERS = {
    "reponses-partenariats-tableau", "reponses-financeurs-tableau", "reponses-priorites-tableau",
}  # fmt: skip
"""Partnerships, funders, priorities of action: told in the part on coordination."""


def published(territory: str = EPCI) -> Publication:
    """Publish the synthetic set as if it were real: only this test does so."""
    survey = example_load(actor=SYSTEM, name="acteurs", territory=territory)
    survey.report["synthetic"] = False
    survey.save(update_fields=["report"])
    return results_publish(actor=SYSTEM, key=survey.key)


def tables(found: tuple[Section, ...]) -> dict[str, dict[str, str]]:
    """Return first cell → second cell of every table."""
    every = (table for one in found for part in one.walk() for table in part.tables)
    return {one.id: {row[0].text: row[1].text for row in one.rows} for one in every}


def test_sixty_six_structures_give_every_table_of_the_diagnosis(site: Client) -> None:
    made = published()
    here = territory_find(EPCI)
    found = sections(here)
    told = tables(found)
    assert told.keys() >= ASKED_AND_COUNTED
    assert tables(partners.sections(here)).keys() >= PARTNERS
    # 20 + 11 + 17 + 9 + 9 = 66 structures
    assert told["reponses-genre-tableau"]["Mairie"] == "20"
    assert sum(int(n) for n in told["reponses-genre-tableau"].values() if n.isdecimal()) == 66
    # 0.92 of 66 is 60.7, the largest remainder: 61 always free, 5 in part
    assert told["reponses-prix-tableau"] == {"Oui, toujours": "61", "En partie": "5"}
    # 24 %, 53 %, 23 % of 66: 15.84, 34.98, 15.18 → 16, 35, 15
    assert told["reponses-connait-tableau"] == {
        "Oui, la plupart": "16", "Quelques-uns": "35", "Non": "15",
    }  # fmt: skip
    lessons = " ".join(told["offre-lecons"])
    assert "76\u202f% des structures qui ont répondu ne connaissent pas la plupart" in lessons
    assert "66 structures" in found[0].tables[0].rows[-1][1].text
    assert "66 structures" in found[0].notes[0]
    results_withdraw(actor=SYSTEM, key=made.survey.key)
    assert answers_of(here) is None
    assert "reponses-genre-tableau" not in tables(sections(here))


def test_answers_asked_around_stand_in_until_the_territory_asks(site: Client) -> None:
    """A commune has those of its EPCI, a département has not; a synthetic set is never told."""
    survey = example_load(actor=SYSTEM, name="acteurs", territory=EPCI)
    results_publish(actor=SYSTEM, key=survey.key)
    assert answers_of(territory_find(EPCI)) is None
    publication = Publication.objects.get()
    publication.content = {**publication.content, "synthetic": False}
    publication.save()
    for reference, known in ((EPCI, True), ("commune:35211", True), ("departement:35", False),
                             ("commune:35133", False)):  # fmt: skip
        assert (answers_of(territory_find(reference)) is not None) == known, reference
    told = answers_of(territory_find("commune:35211"))
    assert told is not None
    assert "Brocéliande" in told.where


def test_the_census_takes_the_place_of_the_places_computed(site: Client) -> None:
    here = territory_find("epci:243500550")
    before = {one.id: one for one in sections(here)}
    assert "recensement du site est vide" in before["offre-maillage"].notes[0]
    solidarity = "Acquisition de matériel informatique à prix solidaire"
    service = {"block": "depannage", "key": "depannage", "offers": [solidarity]}
    applied(record("1", hours="Mo 09:00-12:00", hours_confirmed=True, services=[service]))
    after = {one.id: one for one in sections(here)}["offre-maillage"]
    assert "1 lieu," in after.notes[0]
    computed = before["offre-maillage"].notes[0].split(" lieu")[0].split()[-1]
    assert after.notes[0].endswith(f"dont viennent les autres parties, en comptait {computed}.")
    assert after.tables[0].id == "offre-communes"
    assert [row[0].text for row in after.tables[0].rows if row[1].text == "1"] == ["Iffendic"]
    assert tables((after,))["offre-services"] == {solidarity: "1"}
    assert after.figures[0].table == "offre-communes"
