"""Writing with a key: what it may, where, until when; the référent decides all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from portrea.base.errors import ParameterError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.api import proposals
from portrea.web.api.keys import ended_keys, key_issue, key_revoke
from portrea.web.api.models import ApiKey, KeyProposal
from portrea.web.offer.models import Proposal
from portrea.web.offer.services.proposals import proposal_decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User
    from portrea.web.offer.models import Place

    Make = Callable[..., Any]

ADDRESS = "/api/v1/proposals"
NEW = {"kind": "new", "content": {"name": "Maison des habitants", "commune": "35133"}}


@pytest.fixture
def send(site: Client) -> Make:
    """Send a proposal with a key."""

    def post(body: Any, secret: str = "", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return site.post(ADDRESS, body, content_type="application/json", headers=headers, **options)

    return post


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_new_place_waits_for_the_referent(send: Make, key: Make, site: Client) -> None:
    secret = key("epci:243500550")
    answer = send(NEW, secret)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["territory"]) == ("waiting", "commune:35133")
    proposal = Proposal.objects.get()
    assert (proposal.origin, proposal.content["name"]) == ("api", "Maison des habitants")
    [line] = JournalEntry.objects.filter(act="place.propose")
    assert str(line.actor).startswith("clé d’API n° ")
    assert answer["Location"].endswith(f"{ADDRESS}/{proposal.pk}")
    followed = site.get(answer["Location"], headers={"Authorization": f"Bearer {secret}"})
    assert followed.json() == told


def test_the_same_sent_twice_is_one(send: Make, key: Make) -> None:
    secret = key()
    assert [send(NEW, secret).status_code for _ in range(2)] == [201, 200]
    assert Proposal.objects.count() == KeyProposal.objects.count() == 1


def test_a_fix_is_decided_as_every_proposal(
    send: Make, key: Make, site: Client, census: Callable[..., list[Place]]
) -> None:
    [place] = census(1, phone="+33299000001")
    secret = key()
    body = {"kind": "fix", "place": place.pk, "place_version": place.version,
            "content": {"phone": "+33299000002"}}  # fmt: skip
    sent = send(body, secret).json()
    place.refresh_from_db()
    assert place.phone == "+33299000001", "nothing is published before the decision"
    proposal_decide(actor=SYSTEM, key=sent["id"], version=1, verdict="accept")
    place.refresh_from_db()
    assert place.phone == "+33299000002"
    after = site.get(f"{ADDRESS}/{sent['id']}", headers={"Authorization": f"Bearer {secret}"})
    assert after.json()["state"] == "accepted"
    stale = send(body | {"content": {"phone": "+33299000003"}}, secret)
    assert code(stale) == (409, "conflit")


def test_another_key_knows_nothing_of_it(send: Make, key: Make, site: Client) -> None:
    number = send(NEW, key()).json()["id"]
    for headers in ({"Authorization": f"Bearer {key()}"}, {}):
        answer = site.get(f"{ADDRESS}/{number}", headers=headers)
        assert answer.status_code == (404 if headers else 401)


def test_without_a_good_key_nothing_is_written(send: Make, key: Make) -> None:
    closed = key()
    key_revoke(actor=SYSTEM, key=ApiKey.objects.get().pk)
    old = key(days=30)
    later = ApiKey.objects.first()
    assert later is not None
    for secret in ("", "portrea_inconnu", closed):
        answer = send(NEW, secret)
        assert code(answer) == (401, "cle")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    with time_machine.travel(later.expires, tick=False):
        assert code(send(NEW, old)) == (401, "cle")
    assert not Proposal.objects.exists()


def test_a_key_stays_in_its_territory(
    send: Make, key: Make, census: Callable[..., list[Place]]
) -> None:
    [place] = census(1)
    rennes = key("epci:243500139")
    outside = send(NEW, rennes)
    assert code(outside) == (403, "droit")
    assert "Rennes" in outside.json()["detail"]
    fix = {"kind": "fix", "place": place.pk, "content": {"phone": "+33299000002"}}
    assert code(send(fix, rennes)) == (403, "droit")
    assert not Proposal.objects.exists()


def test_a_key_without_the_act_does_nothing(send: Make, key: Make) -> None:
    secret = key()
    ApiKey.objects.update(acts=[])
    assert code(send(NEW, secret)) == (403, "droit")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"kind": "new", "content": {"name": "Sans commune"}}, 422, "un nom et une commune"),
        ({"kind": "new", "content": {"name": "x", "commune": "99999"}}, 422, "99999"),
        ({"kind": "fix", "content": {"phone": "1"}}, 422, "De quel lieu"),
        ({"kind": "fix", "place": "inconnu", "content": {}}, 404, "n’existe pas"),
        ({"kind": "autre"}, 422, "Valeurs possibles"),
        ({"kind": "new", "content": {"rien": 1, "name": "x", "commune": "35133"}}, 422, ""),
        ({"kind": "new", "content": {"name": "x", "commune": "35133", "phone": {}}}, 422, ""),
        ({"kind": "new", "content": {"name": "a\u0000b", "commune": "35133"}}, 422, "nul"),
        ({"kind": "new", "admin": True}, 422, "n’existe pas"),
        ({"kind": "remark", "words": "x" * 1001, "place": "p"}, 422, "1000 caractères"),
        ({"kind": "fix", "place": "p", "place_version": 10**30}, 422, ""),
        ([1], 422, ""),
        ("{", 400, "JSON"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_explained(
    body: Any, status: int, words: str, send: Make, key: Make
) -> None:
    answer = send(body, key())
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert not Proposal.objects.exists()


def test_persons_are_taken_out_of_words(
    send: Make, key: Make, census: Callable[..., list[Place]]
) -> None:
    [place] = census(1)
    body = {"kind": "remark", "place": place.pk, "words": "Écrire à jean.dupont@gmail.com"}
    assert send(body, key()).status_code == 201
    assert "jean.dupont" not in Proposal.objects.get().words


def test_what_is_no_json_or_too_large_is_refused_unread(site: Client, key: Make) -> None:
    headers = {"Authorization": f"Bearer {key()}"}
    form = site.post(ADDRESS, {"kind": "new"}, headers=headers)
    assert code(form) == (415, "type")
    large = site.post(ADDRESS, b"x" * 100_001, content_type="application/json", headers=headers)
    assert code(large) == (413, "taille")


def test_a_key_that_sends_too_much_waits(
    send: Make, key: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "RATE", "2/h")
    secret = key()
    answers = [send(NEW, secret) for _ in range(3)]
    assert code(answers[-1]) == (429, "limite")
    assert int(answers[-1]["Retry-After"]) > 0


# -- the keys themselves ---------------------------------------------------------------------------


def test_only_a_digest_is_kept(key: Make) -> None:
    secret = key()
    row = ApiKey.objects.values().get()
    assert secret.startswith("portrea_")
    assert len(secret) == 40
    assert secret not in str(row)
    assert row["start"] == secret[:14]


def test_a_key_is_given_within_bounds(person: Callable[..., User]) -> None:
    with pytest.raises(RefusedError):
        key_issue(actor=person("technicien epci:243500139"), label="x", territory="epci:243500139")
    with pytest.raises(RefusedError):
        key_issue(actor=person("referent epci:243500139"), label="x", territory="departement:35")
    with pytest.raises(ParameterError, match="Durée"):
        key_issue(actor=SYSTEM, label="x", territory=None, days=9999)
    with pytest.raises(ParameterError, match="ne peut pas"):
        key_issue(actor=SYSTEM, label="x", territory=None, acts=["place.remove"])


def test_ended_keys_are_erased_what_came_stays(send: Make, key: Make) -> None:
    send(NEW, key(days=30))
    expires = ApiKey.objects.get().expires
    assert ended_keys(expires, dry_run=False) == 0
    with time_machine.travel(expires, tick=False):
        from django.utils import timezone

        assert ended_keys(timezone.now().replace(year=2030), dry_run=False) == 1
    assert Proposal.objects.count() == 1


def test_the_page_shows_a_secret_once_and_closes_it(
    site: Client, connected: Callable[..., User], send: Make
) -> None:
    connected("referent epci:243500550")
    form = {"label": "Logiciel d’accueil", "territory": "epci:243500550", "days": "90"}
    shown = site.post("/espace/cles/", form).content.decode()
    secret = "portrea_" + shown.split("portrea_")[1][:32]
    assert "elle ne sera plus montrée" in shown
    listed = site.get("/espace/cles/").content.decode()
    assert secret not in listed
    assert secret[:14] in listed
    assert send(NEW, secret).status_code == 201
    site.post(f"/espace/cles/{ApiKey.objects.get().pk}/fermer/")
    assert send(NEW, secret).status_code == 401
    acts = JournalEntry.objects.filter(act="key.issue").order_by("pk")
    assert [bool(line.after.get("révoquée")) for line in acts] == [False, True]


def test_the_keys_of_others_are_not_shown(site: Client, connected: Callable[..., User]) -> None:
    found, _secret = key_issue(actor=SYSTEM, label="Ailleurs", territory="epci:243500139")
    connected("referent epci:243500550")
    assert "Ailleurs" not in site.get("/espace/cles/").content.decode()
    assert site.post(f"/espace/cles/{found.pk}/fermer/").status_code == 403
    found.refresh_from_db()
    assert found.revoked is None
