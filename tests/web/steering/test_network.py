"""Who works with whom: links declared, answered, ended; what is counted; communities."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from portrea.base.errors import DataError
from portrea.steering.network import LinkKind
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.journeys.models import Handover
from portrea.web.offer.models import Place
from portrea.web.offer.services import place_merge
from portrea.web.steering.models import Community, Tie
from portrea.web.steering.network.selectors import network_of, suggestions
from portrea.web.steering.services import network
from web.accounts.conftest import connected, person
from web.steering.network_case import EPCI, structures, tied

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
PAGE = "/pilotage/reseau/epci/243500550/"


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def handed(source: Place, target: Place, count: int) -> None:
    for rank in range(count):
        Handover.objects.create(
            place=target, place_name=target.name, level="commune", code="35133",
            structure=source.pk, sender_name=source.name, need="aide",
            digest=f"{source.pk}-{target.pk}-{rank}", nonce=f"{source.pk}{target.pk}{rank}",
            expires="2027-01-01T00:00:00Z",
        )  # fmt: skip


def test_the_page_shows_those_alone_first_and_what_to_do(
    site: Client, connected: Callable[..., Any]
) -> None:
    mairie, asso, library, _hall = structures()
    tied(mairie, asso)
    tied(asso, library, "partenariat", about="Ateliers du jeudi")
    assert site.get(PAGE).status_code == 302
    connected(f"referent {EPCI}")
    page = plain(site.get(PAGE))
    assert "3 acteurs sont reliés à un autre au moins" in page
    first = page.index("Salle des fêtes")
    assert first < page.index("Mairie d’Iffendic</a>")
    assert "Aucun lien connu." in page
    assert 'role="img"' in page
    assert "Ateliers du jeudi" in page
    rows = list(
        csv.DictReader(io.StringIO(site.get(f"{PAGE}liens.csv").content.decode("utf-8-sig")))
    )
    assert [(row["acteur"], row["lien"], row["autre"]) for row in rows] == [
        ("Mairie d’Iffendic", "oriente vers", "Ti-Internet"),
        ("Ti-Internet", "travaille avec", "Médiathèque"),
    ]


def test_a_structure_declares_and_the_other_confirms(
    site: Client, connected: Callable[..., Any]
) -> None:
    mairie, asso, library, _hall = structures()
    connected("acteur commune:35133", structure=asso.pk)
    form = f"{PAGE}declarer/"
    page = plain(site.get(form))
    assert page.count(f'value="{asso.pk}"') == 2  # hers to speak for, and among the others
    assert page.count(f'value="{mairie.pk}"') == 1
    told = {"source": asso.pk, "kind": "orientation", "target": mairie.pk}
    assert site.post(form, told)["Location"] == PAGE
    made = Tie.objects.get()
    assert (made.declared_by, made.state) == (asso.pk, "declare")
    again = plain(site.post(form, told))
    assert "déjà déclaré" in again
    hers = {"source": mairie.pk, "kind": "orientation", "target": asso.pk}
    assert "Sélectionnez un choix valide" in plain(site.post(form, hers))
    assert "C’est exact" not in plain(site.get(PAGE)), "who declared does not confirm"
    connected("acteur commune:35133", structure=mairie.pk)
    assert "C’est exact" in plain(site.get(PAGE))
    answer = {"territoire": EPCI, "faire": "confirmer"}
    site.post(f"/pilotage/reseau/liens/{made.pk}/", answer)
    made.refresh_from_db()
    assert made.state == "confirme"
    connected("acteur commune:35133", structure=library.pk)
    assert site.post(f"/pilotage/reseau/liens/{made.pk}/", answer).status_code == 403
    assert site.post(f"/pilotage/reseau/liens/{made.pk}/", {"faire": "rien"}).status_code == 404


def test_a_partnership_told_by_both_is_one_confirmed() -> None:
    mairie, asso, *_rest = structures()
    first = tied(mairie, asso, "partenariat")
    assert tied(asso, mairie, "partenariat").pk == first.pk
    first.refresh_from_db()
    assert first.state == Tie.State.CONFIRMED
    with pytest.raises(DataError, match="elle-même"):
        tied(mairie, mairie)


def test_what_is_denied_or_ended_is_not_drawn_and_may_be_told_again(site: Client) -> None:
    mairie, asso, library, _hall = structures()
    denied, ended = tied(mairie, asso), tied(asso, library)
    network.tie_answer(actor=SYSTEM, tie=denied.pk, confirmed=False)
    network.tie_end(actor=SYSTEM, tie=ended.pk)
    assert network_of(EPCI).links == ()
    assert tied(asso, library).pk != ended.pk
    with pytest.raises(DataError, match="déjà terminé"):
        network.tie_end(actor=SYSTEM, tie=ended.pk)


def test_orientations_handed_over_are_told_from_five(site: Client) -> None:
    mairie, asso, library, hall = structures()
    handed(mairie, asso, 5)
    handed(mairie, library, 4)
    tied(mairie, hall)
    handed(mairie, hall, 4)
    told = {(one.source, one.target): one for one in network_of(EPCI).links}
    assert told[mairie.pk, asso.pk].handed == 5
    assert told[mairie.pk, hall.pk].handed is None
    assert (mairie.pk, library.pk) not in told


def test_who_is_elsewhere_is_shown_only_when_linked(site: Client) -> None:
    (mairie,) = structures("Mairie d’Iffendic")
    away = Place.objects.create(
        id="caf", record={"id": "caf", "name": "Caf"}, name="Caf", city="Rennes",
        commune="35238", epci="243500139", departement="35", region="53",
    )  # fmt: skip
    assert [one.label for one in network_of(EPCI).actors] == ["Mairie d’Iffendic"]
    tied(mairie, away)
    assert [(one.label, one.inside) for one in network_of(EPCI).actors] == [
        ("Mairie d’Iffendic", True), ("Caf", False),
    ]  # fmt: skip
    away.status = Place.Status.CLOSED
    away.save()
    assert network_of(EPCI).links == ()


def test_what_was_said_of_a_sheet_absorbed_is_said_of_the_other(site: Client) -> None:
    mairie, asso, library, _hall = structures()
    tied(mairie, asso)
    handed(asso, mairie, 5)
    place_merge(actor=SYSTEM, kept=library.pk, absorbed=asso.pk)
    told = {(one.source, one.target): one.handed for one in network_of(EPCI).links}
    assert told == {(mairie.pk, library.pk): None, (library.pk, mairie.pk): 5}


def test_a_community_from_the_suggestion_to_its_end(
    site: Client, connected: Callable[..., Any]
) -> None:
    mairie, asso, *_rest = structures()
    connected(f"referent {EPCI}")
    page = plain(site.get(PAGE))
    assert "4 structures le proposent" in page
    new = f"{PAGE}communaute/?theme=aide"
    assert 'value="aide" selected' in plain(site.get(new))
    told = {"title": "Aidants d’Iffendic", "theme": "aide", "members": [mairie.pk, asso.pk],
            "next_day": "2026-12-10", "next_place": "Mairie"}  # fmt: skip
    site.post(new, told)
    made = Community.objects.get()
    page = plain(site.get(PAGE))
    assert "jeudi 10 décembre 2026" in page
    assert "structures le proposent" not in page
    one = f"/pilotage/reseau/communautes/{made.pk}/"
    assert "À inviter" in plain(site.get(one))
    site.post(one, told | {"members": [mairie.pk], "about": "Mot de passe : loulou35"})
    assert made.members.count() == 2, "nothing is kept of a text with a secret"
    site.post(one, told | {"members": [mairie.pk]})
    assert made.members.count() == 1
    connected("referent epci:243500618")
    assert site.get(one).status_code == 403
    connected(f"referent {EPCI}")
    site.post(f"{one}clore/")
    assert site.get(one).status_code == 404
    assert suggestions(EPCI, [])[0].theme == "aide"


def test_rights_are_asked_by_the_services(person: Callable[..., Any], db: None) -> None:
    mairie, asso, *_rest = structures()
    stranger = person("referent epci:243500618")
    with pytest.raises(RefusedError):
        network.tie_declare(actor=stranger, source=mairie, target=asso, kind=LinkKind.ORIENTATION)
    with pytest.raises(RefusedError):
        network.community_save(actor=stranger, territory=EPCI, told={})


def test_the_number_of_queries_does_not_grow_with_actors(
    site: Client, connected: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    every = structures(*(f"Structure {rank}" for rank in range(30)))
    for one, other in pairwise(every):
        tied(one, other)
    connected(f"referent {EPCI}")
    site.get(PAGE)
    with django_assert_max_num_queries(32):
        site.get(PAGE)


def test_the_list_of_networks_leads_to_the_epci_of_a_structure(
    site: Client, connected: Callable[..., Any]
) -> None:
    _mairie, asso, *_rest = structures()
    connected("acteur commune:35133", structure=asso.pk)
    assert f'href="{PAGE}"' in plain(site.get("/pilotage/reseau/"))
    connected("administrateur")
    assert "toute la France" in plain(site.get("/pilotage/reseau/"))


@pytest.mark.parametrize("where", ["iris/352380101", "region/53", "france/FR"])
def test_no_network_where_actors_cannot_know_one_another(
    site: Client, connected: Callable[..., Any], where: str
) -> None:
    connected("administrateur")
    assert site.get(f"/pilotage/reseau/{where}/").status_code == 404
    assert site.get(f"/pilotage/annuaire/{where}/").status_code == 404
