"""The pages of the team: a workshop, a series seen before it is made, the team, refusals."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.models import Membership, User
from portrea.web.action.models import Helper, Registration, Series, Workshop
from portrea.web.offer.models import Place
from web.action.test_log_services import held
from web.action.workshop_case import workshop
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
HOME = "/espace/ateliers/"
ONE = {
    "title": "Impôts en ligne", "format": "table_ronde", "holder": COMMUNE, "day": "2027-03-18",
    "starts": "14:00", "ends": "16:00", "place_name": "Salle des fêtes", "capacity": "12",
    "themes": ["sante"], "phone": "02 99 00 00 00", "public": "on",
}  # fmt: skip
SERIES = {
    "title": "Mes démarches", "holder": COMMUNE, "every": "3", "window_first": "15",
    "window_last": "20", "weekday": "", "turn_1": "rural", "turn_2": "quartier", "turn_3": "",
    "first": "2027-01-01", "until": "2027-09-30", "starts": "14:00", "ends": "16:30",
    "format": "atelier", "capacity": "8",
}  # fmt: skip


@pytest.fixture(autouse=True)
def november(time_machine: Any) -> None:
    """The day is 23 November 2026."""
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)


@pytest.fixture
def team(client: Client) -> Client:
    """A référent of a commune, connected."""
    client.force_login(held("referent", COMMUNE))
    return client


def words(page: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text)


def made(client: Client, **told: Any) -> Workshop:
    client.post(f"{HOME}nouveau/", ONE | told)
    return Workshop.objects.latest("pk")


def done(client: Client, address: str, told: dict[str, str], step: str, **more: str) -> Any:
    """See first, then do what was seen (``more`` is what is typed in between)."""
    seen = client.post(address, told | {"faire": "voir"}).content.decode()
    found = re.search(r'name="vu" value="(\w+)"', seen)
    assert found, "rien à faire"
    return client.post(address, told | more | {"faire": step, "vu": found[1]}, follow=True)


def rows(prefix: str, *told: dict[str, str]) -> dict[str, str]:
    fields = {
        f"{prefix}-{number}-{name}": value
        for number, one in enumerate(told)
        for name, value in one.items()
    }
    return fields | {f"{prefix}-TOTAL_FORMS": str(len(told)), f"{prefix}-INITIAL_FORMS": "0"}


def test_a_workshop_from_its_form_to_its_page(team: Client) -> None:
    answer = team.post(f"{HOME}nouveau/", ONE, follow=True)
    text = words(answer)
    assert answer.redirect_chain[-1][0] == f"{HOME}{Workshop.objects.get().key}/"
    for told in (
        "jeudi 18 mars 2027, de 14 h à 16 h", "Salle des fêtes", "12", "Santé",
        "inscription ouverte sans compte", "Contacts 0 / 11", "Matériel 0 / 6", "Maire de",
    ):  # fmt: skip
        assert told in text, told
    assert "Impôts en ligne" in words(team.get(HOME))


def test_nothing_typed_is_lost_when_something_is_refused(team: Client) -> None:
    page = team.post(f"{HOME}nouveau/", ONE | {"ends": "13:00"})
    assert page.status_code == 200
    assert "La fin vient avant le début" in words(page)
    assert 'value="Salle des fêtes"' in page.content.decode()
    secret = team.post(f"{HOME}nouveau/", ONE | {"about": "Mot de passe : Soleil35!"})
    assert "ne le garde jamais" in words(secret)
    assert not Workshop.objects.exists()


def test_the_commune_is_chosen_among_those_of_the_territory(site: Client) -> None:
    site.force_login(held("referent", "epci:243500550"))
    found = made(site, holder="epci:243500550")
    page = site.get(f"{HOME}{found.key}/modifier/").content.decode()
    assert '<option value="35188">Montfort-sur-Meu</option>' in page
    assert "35238" not in page
    told = {name: value for name, value in ONE.items() if name != "holder"}
    site.post(f"{HOME}{found.key}/modifier/", told | {"commune": "35188"})
    found.refresh_from_db()
    assert found.commune == "35188"


def test_a_place_of_the_census_gives_its_name_and_is_what_clashes(team: Client) -> None:
    applied(record("1", name="Médiathèque L’Avant-scène", commune="35188"))
    census = Place.objects.get()
    found, other = made(team), made(team, title="CAF", place_name="La médiathèque")
    told = {name: value for name, value in ONE.items() if name not in ("holder", "place_name")}
    for one in (found, other):
        address = f"{HOME}{one.key}/modifier/"
        assert 'id="id_place"' not in team.get(address).content.decode()
        team.post(address, told | {"title": one.title, "commune": "35188"})
        assert "Médiathèque L’Avant-scène" in team.get(address).content.decode()
        page = team.post(
            address,
            told | {"title": one.title, "commune": "35188", "place": census.pk},
            follow=True,
        )
    found.refresh_from_db()
    assert (found.place, found.place_name) == (census.pk, "Médiathèque L’Avant-scène")
    assert re.search(r"Médiathèque L’Avant-scène, .* : déjà pris par « Impôts en", words(page))
    refused = team.post(address, told | {"commune": "35188", "place": "autre"})
    assert refused.status_code == 200


def test_fewer_places_than_people_registered_is_said(team: Client) -> None:
    found = made(team)
    for people, state in ((3, "inscrit"), (2, "inscrit"), (4, "annule"), (1, "attente")):
        Registration.objects.create(workshop=found, people=people, state=state)
    told = {name: value for name, value in ONE.items() if name != "holder"}
    address = f"{HOME}{found.key}/modifier/"
    page = team.post(address, told | {"capacity": "4"}, follow=True)
    assert "Il manque 1 place(s)" in words(page)
    assert "Il manque" not in words(team.post(address, told, follow=True))


def test_an_actor_prepares_for_her_structure_only(client: Client) -> None:
    applied(record("1", name="Espace Essai", commune="35188"))
    census = Place.objects.get()
    user = User.objects.create_user("actrice@exemple.org", "x")
    Membership.objects.create(
        user=user, role="acteur", level="commune", code="35188", structure=census.pk
    )
    client.force_login(user)
    assert client.post(f"{HOME}nouveau/", ONE).status_code == 200
    assert not Workshop.objects.exists()
    client.post(f"{HOME}nouveau/", ONE | {"holder": f"structure:{census.pk}"})
    found = Workshop.objects.get()
    assert (found.territory, found.structure) == (COMMUNE, census.pk)
    assert "Impôts en ligne" in words(client.get(HOME))
    Workshop.objects.update(structure="")
    assert client.get(f"{HOME}{found.key}/").status_code == 403


def test_who_runs_everything_and_a_structure_still_sees_everything(client: Client) -> None:
    applied(record("1", name="Espace Essai", commune="35188"))
    user = held("administrateur", "france:FR")
    Membership.objects.create(
        user=user, role="acteur", level="commune", code="35188", structure=Place.objects.get().pk
    )
    client.force_login(user)
    workshop(level="commune", code="75056")
    assert "Impôts en ligne" in words(client.get(HOME))


def test_a_workshop_cancelled_then_planned_again(team: Client) -> None:
    found = made(team)
    page = team.post(f"{HOME}{found.key}/annuler/", follow=True)
    assert "annulé" in words(page)
    team.post(f"{HOME}{found.key}/annuler/", {"annuler": "non"})
    found.refresh_from_db()
    assert found.state == "prevu"


def test_a_contact_is_followed_and_another_added(team: Client) -> None:
    found = made(team)
    told = rows(
        "contact",
        {"who": "Maire", "why": "Salle", "state": "accepte", "due": "2027-01-15", "note": ""},
        {"who": "Sous-préfecture", "state": "contacte", "due": "", "note": "Réponse en mars"},
        {"who": "", "state": "a_faire"},
    )
    page = team.post(f"{HOME}{found.key}/contacts/", told, follow=True)
    assert "Les contacts sont enregistrés" in words(page)
    assert [(one.who, one.state, one.due) for one in found.contacts.all()] == [
        ("Maire", "accepte", date(2027, 1, 15)), ("Sous-préfecture", "contacte", None),
    ]  # fmt: skip
    refused = team.post(
        f"{HOME}{found.key}/contacts/", rows("contact", {"who": "Maire", "due": "demain"})
    )
    assert "rien n’est perdu" in words(refused)
    assert found.contacts.count() == 2


def test_equipment_is_ticked(team: Client) -> None:
    found = made(team)
    told = rows("materiel", {"what": "Micro", "number": "1", "ready": "on", "only": "on"})
    team.post(f"{HOME}{found.key}/materiel/", told)
    found.refresh_from_db()
    assert found.equipment == [{"what": "Micro", "number": 1, "ready": True, "only": True}]


def test_somebody_joins_the_team_then_holds_a_shift(team: Client) -> None:
    found = made(team, training="Aidants Connect")
    told = {"label": "Nadia", "kind": "agent", "holder": COMMUNE}
    team.post(f"{HOME}equipe/nouveau/", told | rows("formation", {"what": "", "until": ""}))
    helper = Helper.objects.get()
    share = {"task": "Accueil", "starts": "14:00", "ends": "15:00", "helper": helper.pk}
    refused = team.post(f"{HOME}{found.key}/equipe/nouveau/", share)
    assert "Nadia ne peut pas tenir ce créneau" in words(refused)
    training = rows("formation", {"what": "Aidants Connect", "until": "2027-12-31"})
    team.post(f"{HOME}equipe/{helper.pk}/", {"label": "Nadia", "kind": "agent"} | training)
    page = team.post(f"{HOME}{found.key}/equipe/nouveau/", share, follow=True)
    assert "14 h 00 – 15 h 00 · Accueil · Nadia" in words(page)
    team.post(f"{HOME}equipe/{helper.pk}/partir/")
    assert "personne pour le moment" in words(team.get(f"{HOME}{found.key}/equipe/"))


def test_a_clash_is_told_when_it_is_made_and_in_the_list(team: Client) -> None:
    made(team)
    page = team.post(f"{HOME}nouveau/", ONE | {"title": "CAF"}, follow=True)
    assert "Salle des fêtes" in words(page)
    assert "déjà pris par « Impôts en ligne »" in words(page)
    assert words(team.get(HOME)).count("En conflit :") >= 2


def test_a_series_is_seen_before_it_is_made(team: Client) -> None:
    seen = words(team.post(f"{HOME}serie/", SERIES | {"faire": "voir"}))
    for told in (
        "Tous les 3 mois, entre le 15 et le 20, le premier jour ouvré, une fois en zone rurale puis"
        " une fois en quartier populaire, de 14 h à 16 h 30.",
        "vendredi 15 janvier 2027 · en zone rurale",
        "jeudi 15 avril 2027 · en quartier populaire",
        "Créer ces 3 ateliers",
    ):
        assert told in seen, told
    assert not Workshop.objects.exists()
    page = done(team, f"{HOME}serie/", SERIES, "creer")
    assert "3 ateliers sont ouverts." in words(page)
    assert Workshop.objects.filter(capacity=8, format="atelier").count() == 3


def test_months_left_out_are_told_with_why(team: Client) -> None:
    told = {"every": "1", "window_first": "31", "window_last": "31", "until": "2027-04-30"}
    seen = words(team.post(f"{HOME}serie/", SERIES | told | {"faire": "voir"}))
    # 31 janvier 2027 : dimanche ; 31 mars : mercredi ; février et avril n’ont pas de 31.
    assert "1 date" in seen
    assert "mercredi 31 mars 2027" in seen
    assert "janvier 2027 : aucun jour ouvré dans cette fenêtre" in seen
    assert "février 2027 : ce mois n’a pas ces jours" in seen


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"until": "2026-12-01"}, "finit avant de commencer"),
        ({"window_last": "3"}, "ne se suivent pas"),
        ({"ends": "13:00"}, "avant le début"),
        ({"turn_1": ""}, "Dites d’abord où se tient le premier"),
        ({"until": "2060-01-01"}, "10 ans au plus"),
        ({"every": "0"}, "supérieure ou égale à 1"),
    ],
)
def test_a_series_that_contradicts_itself_is_refused(
    team: Client, told: dict[str, str], why: str
) -> None:
    for step in ("voir", "creer"):
        page = team.post(f"{HOME}serie/", SERIES | told | {"faire": step})
        assert page.status_code == 200
        assert why in words(page)
    assert not Series.objects.exists()


def test_a_change_is_seen_before_it_is_done(team: Client) -> None:
    done(team, f"{HOME}serie/", SERIES, "creer")
    series = Series.objects.get()
    told = SERIES | {"every": "6", "window_first": "18", "window_last": "22"}
    seen = words(team.post(f"{HOME}series/{series.key}/modifier/", told | {"faire": "voir"}))
    assert "15 janvier 2027 → lundi 18 janvier 2027" in seen
    assert "15 juillet 2027 → lundi 19 juillet 2027" in seen
    assert "jeudi 15 avril 2027 · annulé" in seen
    assert Workshop.objects.filter(state="annule").count() == 0
    done(team, f"{HOME}series/{series.key}/modifier/", told, "changer")
    assert Workshop.objects.filter(state="annule").count() == 1
    page = words(team.get(f"{HOME}series/{series.key}/"))
    assert "lundi 18 janvier 2027" in page


def test_what_is_done_is_what_was_seen(team: Client) -> None:
    page = done(team, f"{HOME}serie/", SERIES, "creer", window_first="18", window_last="22")
    assert "Les dates ne sont plus celles que vous avez vues" in words(page)
    assert "lundi 18 janvier 2027" in words(page)
    assert not Series.objects.exists()
    done(team, f"{HOME}serie/", SERIES, "creer")
    series = Series.objects.get()
    told = SERIES | {"window_first": "18", "window_last": "22"}
    page = done(team, f"{HOME}series/{series.key}/modifier/", told, "changer", every="6")
    assert "Les dates ne sont plus celles que vous avez vues" in words(page)
    series.refresh_from_db()
    assert (series.every, series.window_first) == (3, 15)


def test_pages_of_another_territory_are_refused(client: Client, team: Client) -> None:
    found = made(team)
    client.force_login(held("referent", "commune:35024"))
    for name in ("", "modifier/", "contacts/", "materiel/", "equipe/", "inviter/", "affiche.pdf"):
        assert client.get(f"{HOME}{found.key}/{name}").status_code == 403, name
    assert client.post(f"{HOME}{found.key}/annuler/").status_code == 403
    assert client.get(f"{HOME}aaaaaaaaaaaa/").status_code == 404
    assert "Impôts" not in words(client.get(HOME))
