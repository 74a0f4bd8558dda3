"""Recommended actions: proposed with their reason, decided by people, followed, published."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import Resolver404, resolve

from portrea.base.errors import DataError
from portrea.steering.committee import Fact
from portrea.steering.document import Cell, Table
from portrea.steering.recommending import reason, rule_of, rules
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.steering.actions import facts, portrait_facts, selectors
from portrea.web.steering.committee.files import meeting_pack
from portrea.web.steering.complete import actions as given
from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.models import Decision, Recommendation
from portrea.web.steering.services import meetings
from portrea.web.steering.services import recommendations as services
from portrea.web.territories.selectors import territory_find
from web.accounts.conftest import connected, person
from web.steering import network_case
from web.steering.committee_case import EPCI, opened, planned, seated
from web.steering.voices_case import opened as survey_opened
from web.steering.voices_case import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HOME = "/pilotage/actions/epci/243500618/"
OWN = {"title": "Prêter des tablettes", "why": "Entendu en réunion.", "wanted": "more"}


@pytest.fixture
def referent(site: Client, connected: Callable[..., Any]) -> Client:
    connected(f"referent {EPCI}")
    return site


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def kept(rule: str = "", **told: Any) -> Recommendation:
    """Keep an action: what a rule proposes, or one's own."""
    found = rule_of(rule)
    card = ({"title": found.title, "wanted": "more"} if found else OWN) | told
    return services.recommendation_keep(actor=SYSTEM, territory=EPCI, told=card, rule=rule)


def words(section: Any) -> str:
    cells = [cell.text for table in section.tables for row in table.rows for cell in row]
    return re.sub(r"\s", " ", " ".join(cells))


def chapter() -> Any:
    return next(iter(given.sections(territory_find(EPCI))), None)


def test_every_fact_that_a_rule_reads_is_in_the_closed_list(site: Client) -> None:
    known = frozenset().union(*(source.keys for source in facts.SOURCES))
    assert {key for rule in rules() for key in (*rule.reads, rule.indicator)} <= known
    every = facts.facts_of(EPCI)
    assert set(every) <= known
    for key, fact in every.items():
        assert fact.key == key
        assert fact.label
        assert fact.text
    assert facts.facts_of(EPCI, {"reunions"}).keys() == {"reunions"}


def test_each_rule_leads_to_a_page(site: Client) -> None:
    pages = {rule.page.format(where="epci/243500618").partition("#")[0] for rule in rules()}
    assert not {path for path in pages if not known_address(path)}


def known_address(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_from_a_proposal_to_the_portrait_and_the_comite(referent: Client) -> None:
    assert chapter() is None
    page = plain(referent.get(HOME))
    assert "Réunir le comité de pilotage" in page
    assert "Aucune action n’est encore retenue" in page
    form = plain(referent.get(f"{HOME}nouvelle/?regle=reunions"))
    assert "Aucune réunion du comité n’est notée depuis un an" in form
    assert 'value="Intercommunalité"' in form
    told = {"title": "Réunir le comité en janvier", "owner": "Ti-Internet", "due": "2027-01-31",
            "indicator": "reunions", "wanted": "more", "target": "2"}  # fmt: skip
    referent.post(f"{HOME}nouvelle/?regle=reunions", told)
    made = Recommendation.objects.get()
    assert (made.rule, made.baseline["value"]) == ("reunions", 0)
    page = plain(referent.get(HOME))
    assert "Réunir le comité en janvier" in page
    assert "regle=reunions" not in page
    assert "objectif (2) pas encore atteint" in page
    section = next(one for one in complete_of(EPCI).walk() if one.id == "actions-recommandees")
    assert "Aucune réunion du comité n’est notée depuis un an" in words(section)
    assert "31 janvier 2027" in words(section)
    assert section.lead.text.startswith("1 action est retenue")
    committee = opened()
    seat = seated(committee)
    meeting = planned(committee)
    assert "actions-recommandees" in {one.id for one in meeting_pack(meeting).walk()}
    referent.post(f"/pilotage/actions/action/{made.key}/comite/", {"meeting": meeting.key})
    decision = Decision.objects.get()
    assert (decision.owner, decision.indicator) == (seat, "reunions")
    assert decision.due.isoformat() == "2027-01-31"
    assert "décision du comité" in plain(referent.get(HOME))
    meetings.decision_follow(
        actor=SYSTEM, decision=decision, told={"state": "faite", "due": decision.due}
    )
    assert "Actions faites" in chapter().tables[0].caption


def test_the_reason_says_the_numbers_of_the_portrait(site: Client) -> None:
    document = complete_of(EPCI)
    cells = {cell.text for t in document.tables() for row in t.rows for cell in row}
    cells |= {number.text for s in document.walk() for number in s.lead.numbers}
    shown = facts.facts_of(EPCI, {"loin", "part", "part_france", "a1"})
    assert shown.keys() == {"part", "part_france", "a1"}, "nobody helps with a procedure there"
    for key in ("part", "part_france"):
        assert shown[key].text in cells, key
    assert shown["a1"].text == document.key_figures[0].number.text


def test_the_share_far_from_help_is_that_of_the_table_of_access(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = ("Être aidé pour une démarche", "14\u00a0min", "2", "61\u202f%", "31\u202f%", "", "")
    cells = tuple(Cell(text, 0.31 if rank == 4 else None) for rank, text in enumerate(row))
    table = Table("acces-situations", "", (), (cells,))
    pack = SimpleNamespace(
        tables=lambda: iter((table,)), computed_on="2026-11-23", computation_id="abcdefghij"
    )
    monkeypatch.setattr(portrait_facts, "pack_of", lambda _territory: pack)
    (fact,) = portrait_facts.access(EPCI, today_in(EPCI))
    assert (fact.value, fact.text) == (31.0, row[4])
    said = reason(rule_of("loin"), {"loin": fact})
    assert row[4] in said
    assert "abcdefgh" in said


def test_an_action_never_goes_without_its_reason(referent: Client) -> None:
    with pytest.raises(DataError, match="sans sa raison"):
        kept(why="")
    page = plain(referent.post(f"{HOME}nouvelle/", OWN | {"why": "", "owner": "Caf"}))
    assert 'value="Caf"' in page
    assert not Recommendation.objects.exists()
    with pytest.raises(DataError, match="plus proposée"):
        kept("isoles")
    with pytest.raises(DataError, match="n’existe plus"):
        kept_unknown()
    assert referent.get(f"{HOME}nouvelle/?regle=isoles").status_code == 404


def kept_unknown() -> None:
    services.recommendation_keep(actor=SYSTEM, territory=EPCI, told=OWN, rule="inconnue")


def test_a_proposal_is_kept_or_set_aside_once(referent: Client) -> None:
    kept("reunions")
    with pytest.raises(DataError, match="déjà été gardée"):
        kept("reunions")
    page = plain(referent.post(f"{HOME}ecarter/enquetes/", {"reason": ""}))
    assert "Pourquoi l’écarter" in page
    referent.post(f"{HOME}ecarter/enquetes/", {"reason": "Une enquête est en cours."})
    aside = Recommendation.objects.get(rule="enquetes")
    page = plain(referent.get(HOME))
    assert "Une enquête est en cours." in page
    assert "regle=enquetes" not in page
    assert "Une enquête" not in words(chapter())
    referent.post(f"/pilotage/actions/action/{aside.key}/faire/", {"faire": "reprendre"})
    aside.refresh_from_db()
    assert (aside.state, aside.reason, aside.indicator) == ("a_faire", "", "enquetes")
    assert (
        referent.post(f"/pilotage/actions/action/{aside.key}/faire/", {"faire": "x"}).status_code
        == 404
    )
    referent.post(f"/pilotage/actions/action/{aside.key}/ecarter/", {"reason": "Plus tard."})
    assert not selectors.lines_of(EPCI)[1:]


def test_words_are_versions_and_two_people_lose_nothing(referent: Client) -> None:
    made = kept()
    address = f"/pilotage/actions/action/{made.key}/changer/"
    told = OWN | {"state": "en_cours", "seen": "1"}
    referent.post(address, told | {"title": "Prêter dix tablettes"})
    page = plain(referent.post(address, told | {"title": "Donner des tablettes"}))
    assert "Quelqu’un a changé cette action" in page
    assert 'value="Donner des tablettes"' in page
    assert "Ce que dit l’action maintenant" in page
    made.refresh_from_db()
    assert (made.title, made.version) == ("Prêter dix tablettes", 2)
    assert 'name="seen" value="2"' in page
    page = plain(referent.post(address, told | {"title": "", "seen": "1"}))
    assert 'name="seen" value="1"' in page
    referent.post(address, told | {"title": "Donner des tablettes", "seen": "2"})
    page = plain(referent.get(address))
    assert "Versions d’avant" in page
    assert "Prêter dix tablettes" in page
    secret = referent.post(address, told | {"how": "mot de passe : loulou35", "seen": "3"})
    assert "mot de passe" in plain(secret)
    made.refresh_from_db()
    assert made.how == ""


def test_the_order_is_chosen_and_late_actions_are_told(referent: Client) -> None:
    first, second = kept(title="Un"), kept(title="Deux", due=today_in(EPCI) - timedelta(days=1))
    step = f"/pilotage/actions/action/{second.key}/faire/"
    referent.post(step, {"faire": "monter"})
    referent.post(step, {"faire": "monter"})
    lines = selectors.lines_of(EPCI)
    assert [line.action.title for line in lines] == ["Deux", "Un"]
    assert [line.late for line in lines] == [True, False]
    assert any("1 action est en retard" in text for text in chapter().paragraphs)
    referent.post(step, {"faire": "descendre"})
    assert [line.action for line in selectors.lines_of(EPCI)] == [first, second]


def test_what_an_action_became_is_never_concluded_from_intervals_that_meet(site: Client) -> None:
    made = kept(indicator="a1")
    assert "au départ" in selectors.lines_of(EPCI)[0].told
    made.baseline |= {"day": "2026-05-01"}
    made.save()
    assert "on ne peut pas dire que cela a changé" in selectors.lines_of(EPCI)[0].told
    then = Fact.of(made.baseline)
    assert then.text == facts.facts_of(EPCI, {"a1"})["a1"].text
    made.baseline |= {"value": 1.0, "low": 1.0, "high": 2.0}
    made.save()
    assert "c’est mieux qu’au départ" in selectors.lines_of(EPCI)[0].told


def test_a_reason_that_no_longer_holds_is_told(referent: Client) -> None:
    kept("reunions")
    meetings.meeting_hold(actor=SYSTEM, meeting=planned(opened()))
    (line,) = selectors.lines_of(EPCI)
    assert not line.holds
    assert "Ce constat n’est plus vrai aujourd’hui" in plain(referent.get(HOME))


def test_what_residents_published_is_read_and_a_wish_proposes(site: Client) -> None:
    wish = {"age": "a60_74", "aisance": "aise", "envie": "oui", "connait": "oui"}
    no = wish | {"envie": "non", "connait": "non"}
    survey = survey_opened("habitants", EPCI, [wish] * 45 + [no] * 15)
    wanted = {"envie", "ne_connait_pas", "enquetes"}
    before = facts.facts_of(EPCI, wanted)
    assert before.keys() == {"enquetes"}
    published(survey)
    found = facts.facts_of(EPCI, wanted)
    assert (found["envie"].value, found["ne_connait_pas"].value) == (75, 25)
    assert found["enquetes"].value == 1
    offered = {one.rule.id for one in selectors.board_of(EPCI).offered}
    assert "envie" in offered
    assert not {"ne_connait_pas", "enquetes"} & offered


def test_structures_without_a_link_are_named_once_links_are_declared(site: Client) -> None:
    where = network_case.EPCI
    one, other, alone, _rest = network_case.structures()
    assert "isoles" not in facts.facts_of(where, {"isoles"})
    network_case.tied(one, other)
    members = facts.facts_of(where, {"isoles"})["isoles"].members
    assert alone.name in members
    assert not {one.name, other.name} & set(members)


def test_a_decision_of_the_comite_is_followed_by_any_measure(site: Client) -> None:
    meeting = planned(opened())
    made = meetings.decision_take(
        actor=SYSTEM, meeting=meeting, told={"title": "Se réunir", "indicator": "reunions"}
    )
    assert made.frozen["value"] == 0


@pytest.mark.parametrize(
    ("role", "read", "decide"),
    [
        (f"referent {EPCI}", 200, 200),
        (f"technicien {EPCI}", 200, 403),
        (f"elu {EPCI}", 200, 403),
        ("referent epci:243500550", 403, 403),
        (f"acteur {EPCI}", 403, 403),
        ("administrateur", 200, 200),
        ("", 302, 302),
    ],
)
def test_the_pages_ask_the_matrix(
    site: Client, connected: Callable[..., Any], role: str, read: int, decide: int
) -> None:
    made = kept()
    if role:
        connected(role)
    assert site.get(HOME).status_code == read
    one = f"/pilotage/actions/action/{made.key}/"
    for path in (f"{HOME}nouvelle/", f"{one}changer/", f"{one}ecarter/", f"{one}comite/"):
        assert site.get(path).status_code == decide, path
    moved = site.post(f"{one}faire/", {"faire": "monter"})
    assert moved.status_code == (302 if decide == 200 else decide)


def test_one_decides_for_her_territory_only(site: Client, person: Callable[..., Any]) -> None:
    with pytest.raises(RefusedError):
        services.recommendation_keep(actor=person("elu departement:35"), territory=EPCI, told=OWN)
    made = kept()
    with pytest.raises(RefusedError):
        services.recommendation_set_aside(
            actor=person("referent epci:243500550"), action=made, why_not="Non."
        )


def test_an_unknown_territory_has_no_page(site: Client, connected: Callable[..., Any]) -> None:
    connected("administrateur")
    assert site.get("/pilotage/actions/epci/1/").status_code == 404
    assert site.get("/pilotage/actions/action/inconnue/changer/").status_code == 404
    assert "Aucun territoire" in plain(site.get("/pilotage/actions/")) or site.get(
        "/pilotage/actions/"
    ).status_code in (200, 302)


def test_the_page_asks_as_much_for_one_action_as_for_twenty(
    referent: Client, django_assert_max_num_queries: Any
) -> None:
    for rank in range(20):
        kept(title=f"Action {rank}", indicator="reunions")
    referent.get(HOME)
    with django_assert_max_num_queries(60):
        assert "Action 19" in plain(referent.get(HOME))
