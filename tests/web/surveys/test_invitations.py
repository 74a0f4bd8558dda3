"""Invitations: links shown once, what became of each, who is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import DataError
from portrea.web.accounts.links import digest_of
from portrea.web.surveys.models import Invitation, Survey
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.invitations import Asked, read_file, read_list
from web.accounts.conftest import connected, person
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
LISTED = "qui;groupe\r\nCCAS de Guer ; commune\r\n\r\nEmmaüs;asso\r\nEmmaüs;asso\r\nMairie;commune"


@pytest.fixture
def survey(connected: Callable[..., User]) -> Survey:
    """A survey, and a référente of its commune."""
    connected("referent commune:35238")
    return round_case.survey(invited_only=True)


def home(survey: Survey, page: str = "") -> str:
    return f"/espace/enquetes/{survey.key}/invitations/{page}"


def invited(survey: Survey, client: Client) -> list[str]:
    page = client.post(home(survey, "ajouter/"), {"listed": LISTED}).content.decode()
    return list(dict.fromkeys(re.findall(r"\?i=(\w+)", page)))


def test_links_are_shown_once_and_only_digests_kept(survey: Survey, client: Client) -> None:
    page = client.post(home(survey, "ajouter/"), {"listed": LISTED}).content.decode()
    tokens = list(dict.fromkeys(re.findall(r"\?i=(\w+)", page)))
    assert len(tokens) == 3
    assert page.count('class="qr"') == 3
    rows = list(survey.invitations.order_by("pk"))
    assert [(one.label, one.kind) for one in rows] == [
        ("CCAS de Guer", "commune"), ("Emmaüs", "asso"), ("Mairie", "commune"),
    ]  # fmt: skip
    assert [one.digest for one in rows] == [digest_of(token) for token in tokens]
    again = client.get(home(survey)).content.decode()
    assert not any(token in again for token in tokens)
    renewed = client.post(home(survey, f"{rows[0].pk}/lien/")).content.decode()
    assert tokens[0] not in renewed
    assert survey.invitations.get(pk=rows[0].pk).digest != rows[0].digest


def test_an_answer_by_a_link_is_noted_without_saying_which(survey: Survey, client: Client) -> None:
    tokens = invited(survey, client)
    given = Sent(round_case.number(1), round_case.RIGHT, Channel.PHONE, survey.version,
                 invitation=digest_of(tokens[1]))  # fmt: skip
    take(actor=None, survey=survey, sent=given)
    found = survey.invitations.get(outcome="reponse")
    assert found.label == "Emmaüs"
    assert found.since is not None
    assert found.since.astimezone().minute == found.since.second == found.since.microsecond == 0


def test_non_response_by_reason_rates_and_groups(survey: Survey, client: Client) -> None:
    invited(survey, client)
    one, two, three = survey.invitations.order_by("pk")
    told = {f"suite-{one.pk}": "reponse", f"suite-{two.pk}": "refus", f"suite-{three.pk}": "absent"}
    assert "3 suites changées" in client.post(home(survey), told, follow=True).content.decode()
    page = client.get(home(survey)).content.decode()
    assert "<strong>33\u202f%</strong>" in page
    assert "a refusé" in page
    assert "Les groupes répondent-ils autant" in page
    assert "L’écart entre groupes peut être le hasard" in page
    narrowed = client.get(home(survey, "?suite=refus")).content.decode()
    assert "Emmaüs" in narrowed
    assert "CCAS de Guer" not in narrowed
    for wrong in ({f"suite-{one.pk}": "mort"}, {"suite-x": "refus"}, {"suite-999": "refus"}):
        client.post(home(survey), wrong)
    assert survey.invitations.get(pk=one.pk).outcome == "reponse"


def test_reminders_list_who_is_waiting(survey: Survey, client: Client) -> None:
    invited(survey, client)
    one = survey.invitations.order_by("pk")[0]
    client.post(home(survey), {f"suite-{one.pk}": "refus"})
    page = client.get(home(survey, "relances/")).content.decode()
    assert "Emmaüs" in page
    assert "CCAS de Guer" not in page
    done = client.post(home(survey, "relances/"), follow=True).content.decode()
    assert "2 relances notées" in done
    assert survey.invitations.filter(reminded=None).count() == 1
    dropped = client.post(home(survey, f"{one.pk}/retirer/"), follow=True).content.decode()
    assert "n’est plus dans la liste" in dropped
    assert not Invitation.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize("listed", ["", "  \r\n ", ";asso", "x" * 201, "qui;groupe\r\n"])
def test_a_list_that_says_nobody_is_refused(listed: str, survey: Survey, client: Client) -> None:
    answer = client.post(home(survey, "ajouter/"), {"listed": listed})
    assert answer.status_code == 400
    assert not survey.invitations.exists()


def test_lists_are_read_as_people_write_them() -> None:
    assert read_list("Mairie\tcommune") == [Asked("Mairie", "commune")]
    assert read_file("Emmaüs;asso".encode("cp1252")) == [Asked("Emmaüs", "asso")]
    assert read_file("\ufeffqui;groupe\nA;b".encode()) == [Asked("A", "b")]
    with pytest.raises(DataError, match="CSV"):
        read_file(b"PK\x03\x04\x00\x00")
    with pytest.raises(DataError, match="ligne"):
        read_list("A\n;b")


def test_places_of_the_census_are_invited_once(
    site: Client, connected: Callable[..., User]
) -> None:
    connected("referent departement:35")
    survey = round_case.survey(territory="departement:35")
    page = site.get(home(survey, "lieux/")).content.decode()
    keys = re.findall(r'name="lieu" value="([^"]+)"', page)
    assert keys, "the demo has places"
    site.post(home(survey, "lieux/"), {"lieu": keys[:1]})
    one = survey.invitations.get()
    assert one.place == keys[0]
    assert one.kind
    assert "déjà invité" in site.get(home(survey, "lieux/")).content.decode()
    site.post(home(survey, "lieux/"), {"lieu": keys[:1]})
    assert survey.invitations.count() == 1


def test_census_figures_come_with_their_source_and_what_lacks(
    site: Client, connected: Callable[..., User]
) -> None:
    connected("referent departement:35")
    survey = round_case.survey(territory="departement:35", design="quotas")
    page = site.get(f"/espace/enquetes/{survey.key}/quotas/?question=age").content.decode()
    assert "Ce que Portrea sait de ce territoire" in page
    assert "Le sexe" in page
