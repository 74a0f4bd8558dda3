"""Connection by an identity provider: what is signed, of this visit and verified; nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
import yaml
from django.core.cache import caches
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey

from portrea.web.accounts import oidc
from portrea.web.accounts.models import User
from web.accounts.provider import CLIENT, SECRET, THEIRS, FakeProvider, challenge_of, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

CASE = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/accounts/sign_in.yaml").read_text("utf-8")
)["pkce"]
LEAVE, BACK = "/connexion/fournisseur/", "/connexion/fournisseur/retour/"
VERIFIED = {"email": "Jeanne@exemple.org", "email_verified": True}


@pytest.fixture
def provider(settings: SettingsWrapper, db: None) -> Iterator[FakeProvider]:
    with served() as fake:
        settings.PORTREA_OIDC_ISSUER = fake.issuer
        settings.PORTREA_OIDC_CLIENT_ID = CLIENT
        settings.PORTREA_OIDC_CLIENT_SECRET = SECRET
        fake.person = dict(VERIFIED)
        caches["default"].clear()
        yield fake


@pytest.fixture
def jeanne(person: Callable[..., User]) -> User:
    return person("elu departement:35", email="jeanne@exemple.org")


def go(client: Client, provider: FakeProvider, following: str = "", **changed: str) -> Any:
    """Leave for the provider and come back, with what is ``changed`` in the address."""
    left = client.get(LEAVE, {"next": following})
    return client.get(BACK, {**provider.authorize(left["Location"]), **changed})


def is_connected(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def test_published_proof() -> None:
    assert challenge_of(CASE["verifier"]) == CASE["challenge"]
    assert oidc.challenge_of(CASE["verifier"]) == CASE["challenge"]


def test_off_by_default(client: Client, db: None) -> None:
    assert client.get(LEAVE).status_code == 404
    assert client.get(BACK).status_code == 404
    assert "ProConnect" not in client.get("/connexion/").content.decode()


@pytest.mark.parametrize("signed", [False, True], ids=["json", "jwt, as ProConnect"])
def test_there_and_back(client: Client, provider: FakeProvider, jeanne: User, signed: bool) -> None:
    provider.signed = signed
    assert "Se connecter avec ProConnect" in client.get("/connexion/").content.decode()
    answer = go(client, provider, "/journal/")
    assert answer["Location"] == "/journal/"
    assert is_connected(client)
    asked = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/connexion/fournisseur/retour/"
    assert set(asked["scope"].split()) == {"openid", "email"}


def test_each_visit_has_its_own_words(client: Client, provider: FakeProvider) -> None:
    seen = set()
    for _ in range(3):
        provider.authorize(client.get(LEAVE)["Location"])
        seen |= {provider.asked[name] for name in ("state", "nonce", "code_challenge")}
    assert len(seen) == 9


@pytest.mark.parametrize(
    "told",
    [
        {"email": "jeanne@exemple.org"},
        {"email": "jeanne@exemple.org", "email_verified": False},
        {"email": "jeanne@exemple.org", "email_verified": "true"},
        {"email_verified": True},
        {**VERIFIED, "sub": "quelqu-un-d-autre"},
    ],
)
def test_an_address_not_verified_opens_nothing(
    client: Client, provider: FakeProvider, jeanne: User, told: dict[str, Any]
) -> None:
    provider.person = told
    assert go(client, provider).status_code == 400
    assert not is_connected(client)


def test_a_provider_that_verifies_all_of_them(
    client: Client, provider: FakeProvider, jeanne: User, settings: SettingsWrapper
) -> None:
    provider.person = {"email": "jeanne@exemple.org"}
    settings.PORTREA_OIDC_VERIFIED = True
    assert go(client, provider).status_code == 302


def test_no_account_is_made(client: Client, provider: FakeProvider, jeanne: User) -> None:
    provider.person["email"] = "inconnue@exemple.org"
    answer = go(client, provider)
    assert answer.status_code == 403
    assert "aucun n’a été créé" in answer.content.decode()
    jeanne.is_active = False
    jeanne.save()
    provider.person["email"] = jeanne.email
    assert go(client, provider).status_code == 403
    assert User.objects.count() == 1
    assert not is_connected(client)


WRONG = {
    "another issuer": {"iss": "https://ailleurs.example"},
    "another site": {"aud": "un-autre-site"},
    "several sites, none said": {"aud": [CLIENT, "un-autre-site"]},
    "told to another": {"aud": [CLIENT, "un-autre-site"], "azp": "un-autre-site"},
    "old": {"exp": 1_700_000_000},
    "without end": {"exp": None},
    "another visit": {"nonce": "rejoué"},
    "no visit": {"nonce": None},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
def test_a_token_that_is_not_for_us(
    client: Client, provider: FakeProvider, jeanne: User, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = go(client, provider)
    assert answer.status_code == 400
    assert "pas pu être vérifiée" in answer.content.decode()
    assert not is_connected(client)


def forged(provider: FakeProvider, header: dict[str, str], key: OctKey) -> str:
    now = int(timezone.now().timestamp())
    claims = {
        "iss": provider.issuer, "aud": CLIENT, "sub": "jeanne-1", "iat": now, "exp": now + 60,
        "nonce": provider.asked["nonce"],
    }  # fmt: skip
    return jwt.encode(header, claims, key, algorithms=["none", "HS256"])


@pytest.mark.parametrize("how", ["another key", "shared secret", "none", "no token", "noise"])
def test_a_signature_that_is_not_theirs(
    client: Client, provider: FakeProvider, jeanne: User, how: str
) -> None:
    left = client.get(LEAVE)
    told = provider.authorize(left["Location"])
    key = OctKey.import_key(SECRET)
    match how:
        case "another key":
            provider.key = THEIRS
        case "shared secret":
            provider.token = forged(provider, {"alg": "HS256"}, key)
        case "none":
            _header, body, _ = forged(provider, {"alg": "HS256"}, key).split(".")
            provider.token = f"eyJhbGciOiJub25lIn0.{body}."
        case "no token":
            provider.token = " "
        case "noise":
            provider.token = "a.b.c"
    assert client.get(BACK, told).status_code == 400
    assert not is_connected(client)


def test_a_return_that_did_not_begin_here(
    client: Client, provider: FakeProvider, jeanne: User
) -> None:
    assert go(client, provider, state="un-autre").status_code == 400
    assert go(client, provider, iss="https://ailleurs.example").status_code == 400
    assert client.get(BACK, {"code": "code-d-un-jour", "state": ""}).status_code == 400
    assert go(client, provider, error="access_denied").status_code == 400
    assert "/jeton" not in provider.calls, "nothing was exchanged"
    assert not is_connected(client)


def test_a_return_is_good_once(client: Client, provider: FakeProvider, jeanne: User) -> None:
    told = provider.authorize(client.get(LEAVE)["Location"])
    assert client.get(BACK, told).status_code == 302
    client.logout()
    assert client.get(BACK, told).status_code == 400
    assert not is_connected(client)


def test_a_return_too_late(client: Client, provider: FakeProvider, jeanne: User) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        told = provider.authorize(client.get(LEAVE)["Location"])
        now.shift(timedelta(minutes=11))
        assert client.get(BACK, told).status_code == 400


def test_a_code_is_refused(client: Client, provider: FakeProvider, jeanne: User) -> None:
    answer = go(client, provider, code="un-autre-code")
    assert answer.status_code == 400
    assert not is_connected(client)


def test_a_provider_that_lies_or_is_silent(
    client: Client, provider: FakeProvider, settings: SettingsWrapper
) -> None:
    provider.said_issuer = "https://ailleurs.example"
    assert client.get(LEAVE).status_code == 400
    settings.PORTREA_OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.get(LEAVE)
    assert answer.status_code == 400
    assert "ne répond pas" in answer.content.decode()
    settings.PORTREA_OIDC_ISSUER = "http://fournisseur.example"
    assert "https" in client.get(LEAVE).content.decode()


def test_the_second_factor_is_still_asked(
    client: Client, provider: FakeProvider, jeanne: User
) -> None:
    from web.accounts.test_second_factor import with_factor

    with_factor(jeanne)
    assert go(client, provider)["Location"] == "/connexion/code/"
    assert not is_connected(client)


def test_never_led_to_another_site(client: Client, provider: FakeProvider, jeanne: User) -> None:
    assert go(client, provider, "https://ailleurs.example/")["Location"] == "/compte/"
