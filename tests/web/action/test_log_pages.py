"""A help noted from the page, read, corrected, removed, listed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from portrea.web.accounts import structures
from portrea.web.action.models import Procedure, Record
from web.action.test_log_services import COMMUNE, HELP, TODAY, held, logged

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from portrea.action.activity import Activity

pytestmark = pytest.mark.django_db
HELP_OF_BEFORE = replace(
    HELP, people=3, band="0-30", other_themes=("jardinage",), bodies=("CAF",), ages={"60+": 2}
)
HOME = "/espace/comptes-rendus/"
NEW = f"{HOME}nouveau/"


@pytest.fixture
def team(client: Client) -> Client:
    """A référent of a commune, connected."""
    client.force_login(held("referent", COMMUNE))
    return client


def numbered(number: int) -> Activity:
    """Return one of sixty helps: one in two of health, one in three collective, one in four RSA."""
    return replace(
        HELP,
        themes=("sante",) if number % 2 else ("email",),
        kind="individuel" if number % 3 else "collectif",
        procedure="" if number % 4 else "RSA",
    )


def words(page: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text)


def sent(client: Client, **told: Any) -> Any:
    least = {
        "uuid": str(uuid4()), "holder": COMMUNE, "kind": "individuel", "where": "lieu_activite",
        "day": TODAY.isoformat(), "themes": ["email"], "result": "oui",
    }  # fmt: skip
    return client.post(NEW, least | told)


def test_the_least_is_enough_and_nothing_is_made_up(team: Client) -> None:
    page = sent(team, themes=[], result="")
    kept = Record.objects.get()
    assert page["Location"] == f"{HOME}{kept.uuid}/?note=1"
    assert (kept.people, kept.minutes, kept.band, kept.result) == (1, None, "", "")
    assert kept.ages == kept.statuses == kept.genders == {"NonCommunique": 1}
    assert kept.oriented is None
    assert kept.known is None
    read = words(team.get(page["Location"]))
    assert "C’est noté" in read
    assert "Demande satisfaite Non renseigné" in read


def test_sent_twice_it_is_noted_once(team: Client) -> None:
    number = str(UUID(int=5))
    assert sent(team, uuid=number)["Location"] == sent(team, uuid=number)["Location"]
    assert Record.objects.count() == 1


def test_a_help_in_full(team: Client) -> None:
    Procedure.objects.create(
        name="Demande de carte grise", body="ANTS", source="essai", checked=TODAY
    )
    sent(
        team, procedure_themes=["transports_mobilite"], procedure="demande de carte-grise",
        result="partie", reason="piece", minutes="45", age="SoixanteDixPlus", status="Retraite",
        gender="Feminin", known_one="oui", autonomy="autonome", equipment=["telephone"],
        oriented="oui", oriented_to="administration", commune="35188", tags="marché, mardi",
    )  # fmt: skip
    kept = Record.objects.get()
    assert kept.themes == ["email", "transports_mobilite", "aide_aux_demarches_administratives"]
    assert kept.procedure is not None
    assert kept.procedure.name == "Demande de carte grise"
    assert (kept.minutes, kept.band, kept.result, kept.reason) == (45, "30-60", "partie", "piece")
    assert kept.ages == {"SoixanteDixPlus": 1}
    assert (kept.known, kept.oriented, kept.oriented_to) == (1, True, "administration")
    assert kept.tags == ["marché", "mardi"]


def test_a_workshop_counts_people_and_leaves_the_rest_unknown(team: Client) -> None:
    sent(
        team, kind="collectif", people="8", known="3", title="Premiers pas", level="debutant",
        ages_SoixanteDixPlus="5", statuses_Retraite="4", age="DouzeDixHuit", known_one="oui",
    )  # fmt: skip
    kept = Record.objects.get()
    assert (kept.people, kept.known, kept.title, kept.standing) == (
        8, 3, "Premiers pas", "debutant",
    )  # fmt: skip
    assert kept.ages == {"SoixanteDixPlus": 5, "NonCommunique": 3}
    assert kept.statuses == {"Retraite": 4, "NonCommunique": 4}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"day": "2999-01-01"}, "pas encore venu"),
        ({"day": "hier"}, "Jour"),
        ({"kind": ""}, "Type"),
        ({"kind": "collectif", "people": "0"}, "au moins une"),
        ({"kind": "collectif", "people": "2", "ages_DouzeDixHuit": "3"}, "3 âges pour 2"),
        ({"procedure": "mdp : Secret12"}, "mot de passe"),
        ({"tags": "1 85 05 78 006 084 91"}, "sécurité sociale"),
        ({"commune": "Nulle-Part"}, "pas une commune connue"),
        ({"exact": "9999"}, "1440"),
        ({"holder": "commune:44109"}, "Vous notez pour"),
        ({"uuid": "x"}, "uuid"),
    ],
)
def test_a_fault_is_said_and_nothing_is_lost(team: Client, told: dict[str, str], said: str) -> None:
    page = sent(team, **({"title": "Gardé"} | told))
    assert page.status_code == 400
    assert said.lower() in words(page).lower()
    assert "Gardé" in page.content.decode()
    assert not Record.objects.exists()


def test_another_like_it_keeps_all_but_the_person(team: Client) -> None:
    sent(team, minutes="30", age="SoixanteDixPlus", procedure="RSA")
    page = team.get(f"{NEW}?comme={Record.objects.get().uuid}").content.decode()
    checked = re.findall(r'name="(\w+)" value="(\w+)" checked', page)
    assert {("themes", "email"), ("minutes", "30"), ("kind", "individuel")} <= set(checked)
    assert ("age", "SoixanteDixPlus") not in checked
    assert ("result", "oui") not in checked
    assert 'value="RSA"' in page
    simple = re.findall(r'name="(\w+)" value="(\w+)" checked', team.get(NEW).content.decode())
    assert {("kind", "individuel"), ("where", "lieu_activite")} <= set(simple)
    assert ("themes", "email") not in simple


def test_a_correction_keeps_what_the_form_does_not_ask(team: Client) -> None:
    made = logged(activity=HELP_OF_BEFORE)
    address = f"{HOME}{made.uuid}/corriger/"
    page = team.get(address).content.decode()
    assert 'name="ages_60+"' in page
    told = {
        "uuid": str(made.uuid), "holder": COMMUNE, "kind": "individuel", "where": "autre",
        "day": TODAY.isoformat(), "people": "3", "ages_60+": "2", "themes": ["email"],
    }  # fmt: skip
    assert team.post(address, told).status_code == 302
    made.refresh_from_db()
    assert (made.where, made.people, made.ages) == ("autre", 3, {"60+": 2, "NonCommunique": 1})
    assert (made.band, made.other_themes, made.bodies) == ("0-30", ["jardinage"], ["CAF"])


def test_who_keeps_a_structure_notes_for_it_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = structures.Structure("lieu", "Le lieu", COMMUNE)
    monkeypatch.setattr(structures, "_lookups", [{"lieu": found}.get])
    client.force_login(held("acteur", COMMUNE, "lieu"))
    assert 'name="holder" value="structure:lieu"' in client.get(NEW).content.decode()
    assert sent(client).status_code == 400
    assert sent(client, holder="structure:lieu").status_code == 302
    kept = Record.objects.get()
    assert (kept.structure, kept.territory) == ("lieu", COMMUNE)
    logged()
    assert "1 compte rendu" in words(client.get(HOME))


def test_what_is_folded_is_open_when_it_is_to_be_mended(team: Client) -> None:
    assert 'log-more" open' not in team.get(NEW).content.decode()
    assert 'log-more" open' in sent(team, exact="9999").content.decode()


def test_a_record_is_removed_from_its_page(team: Client) -> None:
    made = logged()
    team.post(f"{HOME}{made.uuid}/retirer/", {"raison": " "})
    assert Record.objects.exists()
    team.post(f"{HOME}{made.uuid}/retirer/", {"raison": "Noté deux fois"})
    assert not Record.objects.exists()
    assert team.get(f"{HOME}{made.uuid}/").status_code == 404


def test_who_reads_without_writing_sees_no_profile(client: Client) -> None:
    made = logged(activity=replace(HELP, ages={"SoixanteDixPlus": 1}))
    client.force_login(held("elu", COMMUNE))
    page = words(client.get(f"{HOME}{made.uuid}/"))
    assert "70 ans" not in page
    assert "Corriger" not in page
    client.force_login(held("technicien", COMMUNE))
    assert "70 ans et plus : 1" in words(client.get(f"{HOME}{made.uuid}/"))


def test_elsewhere_is_refused(client: Client) -> None:
    made = logged()
    client.force_login(held("referent", "commune:44109"))
    for path in (f"{HOME}{made.uuid}/", f"{HOME}{made.uuid}/corriger/"):
        assert client.get(path).status_code == 403
    assert "Aucun compte rendu" in words(client.get(HOME))
    client.logout()
    assert client.get(NEW).status_code == 302


def test_the_list_is_filtered_with_few_queries(
    team: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        logged(activity=numbered(number))
    with django_assert_max_num_queries(12):
        page = words(team.get(HOME))
    assert "60 comptes rendus" in page
    assert "page 1 sur 2" in page
    for query, count in (
        ("theme=sante", 30), ("type=collectif", 20), ("demarche=rsa", 15), (f"du={TODAY}", 60),
        ("pour=lune:x", 60), ("demarche=%00rsa", 15), ("theme=%00", 60), ("page=9999", 60),
        ("au=2001-01-01", 0), (f"pour={COMMUNE}&theme=sante&type=collectif", 10), ("du=x", 60),
    ):  # fmt: skip
        page = words(team.get(f"{HOME}?{query}"))
        assert (f"{count} comptes rendus" if count else "Aucun compte rendu") in page, query
