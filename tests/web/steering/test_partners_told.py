"""Coordination and partners of the complete portrait, read from what the rooms keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.steering.complete.partners import sections
from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.services import committees, network
from portrea.web.territories.selectors import territory_find
from web.steering.committee_case import decided, held, opened, planned, seated
from web.steering.network_case import EPCI, structures, tied

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_nothing_is_told_before_anything_is_known(site: Client) -> None:
    assert sections(territory_find(EPCI)) == ()
    assert sections(territory_find(f"{EPCI},epci:243500618")) == ()


def test_the_part_says_bodies_links_and_communities_and_nobody(site: Client) -> None:
    committee = opened(EPCI)
    seated(committee, "caf", body="Caf d’Ille-et-Vilaine")
    seated(committee, "concernee", body="", pseudonym="Martin")
    given = committees.voice_give(actor=VISITOR, committee=committee, words="Trop de papiers.")
    committees.voice_review(actor=SYSTEM, committee=committee, voice=given.pk, told=True)
    day = today_in(EPCI)
    decided(held(planned(committee, day=day - timedelta(days=9))), due=day - timedelta(days=1))
    mairie, asso, *_rest = structures()
    tied(mairie, asso, "partenariat")
    network.community_save(
        actor=SYSTEM, territory=EPCI, told={"title": "Aidants", "theme": "aide", "members": [asso]}
    )
    found = {one.id: one for one in sections(territory_find(EPCI))}
    assert list(found) == ["partenaires-comite", "partenaires-reseau", "partenaires-communautes"]
    assert "une fois\u00a0; 1 décision est suivie" in found["partenaires-comite"].lead.text
    cells = {row[0].text: row[1].text for row in found["partenaires-comite"].tables[1].rows}
    assert cells == {"À faire": "1", "dont en retard": "1"}
    told = str(sections(territory_find(EPCI)))
    assert "Caf d’Ille-et-Vilaine" in told
    for unsaid in ("Martin", "Trop de papiers", "Ouvrir un matin"):
        assert unsaid not in told
    whole = complete_of(EPCI)
    assert whole.section("partie-partenaires") is not None
    ids = [one.id for one in whole.walk()]
    assert len(set(ids)) == len(ids)
    assert len({table.id for table in whole.tables()}) == len(list(whole.tables()))
    tables = {table.id for table in whole.tables()}
    assert {figure.table for figure in whole.figures()} <= tables
