"""Connection by an identity provider (ProConnect and others): OpenID Connect, off by default.

Code flow with PKCE, ``state`` and ``nonce``; the identity token is signed, by a key that the
provider publishes. Only the e-mail address is read, and only when the provider verified it: it
finds an account that an invitation opened, it never makes one.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LASTING = 10 * 60
"""Seconds between leaving for the provider and coming back."""
TIMEOUT = 10
KEPT = 3_600
"""Seconds that what the provider publishes of itself is kept."""
LEEWAY = 60
"""Seconds that its clock may differ."""
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by a key pair: never « none », never a secret we share."""
NEAR = ("127.0.0.1", "localhost", "::1")


class ProviderError(ParameterError):
    """The provider did not tell who the person is, in a way that can be trusted."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who tells identities, and how this site is known there."""

    issuer: str
    client: str
    secret: str
    name: str
    vouches: bool


def provider() -> Provider | None:
    """Return the provider of the settings, ``None`` when there is none."""
    if not settings.PORTREA_OIDC_ISSUER:
        return None
    if find_spec("joserfc") is None:
        raise ProviderError(
            "La connexion par un fournisseur d’identité demande une bibliothèque de plus.",
            remedy="Installez « portrea[oidc] », ou videz PORTREA_OIDC_ISSUER.",
        )
    parts = urlsplit(settings.PORTREA_OIDC_ISSUER)
    if parts.scheme != "https" and parts.hostname not in NEAR:
        raise ProviderError(
            "PORTREA_OIDC_ISSUER n’est pas une adresse https.",
            remedy="Forme attendue : https://fournisseur.exemple.fr, sans rien après.",
        )
    return Provider(
        settings.PORTREA_OIDC_ISSUER,
        settings.PORTREA_OIDC_CLIENT_ID,
        settings.PORTREA_OIDC_CLIENT_SECRET,
        settings.PORTREA_OIDC_NAME,
        settings.PORTREA_OIDC_VERIFIED,
    )


def name_of_provider() -> str:
    """Return the name to show on the button, empty when there is no provider."""
    return settings.PORTREA_OIDC_NAME if settings.PORTREA_OIDC_ISSUER else ""


def leave(chosen: Provider, callback: str) -> tuple[str, dict[str, Any]]:
    """Return where to send the person, and what to remember until she comes back."""
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "at": timezone.now().timestamp(),
    }
    asked = {
        "response_type": "code",
        "client_id": chosen.client,
        "redirect_uri": callback,
        "scope": "openid email",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge_of(kept["verifier"]),
        "code_challenge_method": "S256",
    }
    address = _published(chosen)["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def challenge_of(verifier: str) -> str:
    """Return what is said first of a verifier (PKCE, RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def come_back(
    chosen: Provider, callback: str, kept: Mapping[str, Any], told: Mapping[str, str]
) -> str:
    """Return the verified address of the person who comes back.

    Parameters
    ----------
    chosen, callback
        The provider, and the address she comes back to.
    kept
        What :func:`leave` asked to remember; it must be forgotten before this call.
    told
        Arguments of the address: ``code`` and ``state``, or ``error``.

    Raises
    ------
    ProviderError
        In French, when anything is missing, old, forged, or not verified.
    """
    _check_return(chosen, kept, told)
    tokens = _exchange(chosen, callback, told["code"], str(kept["verifier"]))
    claims = _identity(chosen, str(tokens.get("id_token", "")), str(kept["nonce"]))
    person = {**claims, **_about(chosen, str(tokens.get("access_token", "")), claims["sub"])}
    email = str(person.get("email") or "").strip()
    if not email or not (chosen.vouches or person.get("email_verified") is True):
        raise ProviderError(
            _("%(name)s n’a pas donné d’adresse de courriel vérifiée.") % {"name": chosen.name},
            remedy=_("Connectez-vous par mot de passe ou par courriel."),
        )
    return email


def _check_return(chosen: Provider, kept: Mapping[str, Any], told: Mapping[str, str]) -> None:
    age = timezone.now().timestamp() - float(kept.get("at", 0))
    same = constant_time_compare(str(kept.get("state", "")), told.get("state", ""))
    here = told.get("iss", chosen.issuer).rstrip("/") == chosen.issuer
    if not kept or not same or age > LASTING or not here:
        raise ProviderError(
            _("Cette connexion n’a pas commencé ici, ou il y a trop longtemps."),
            remedy=_("Recommencez depuis la page « Connexion »."),
        )
    if "error" in told or not told.get("code"):
        raise ProviderError(
            _("%(name)s n’a pas confirmé qui vous êtes.") % {"name": chosen.name},
            remedy=_("Recommencez, ou connectez-vous par mot de passe."),
        )


def _published(chosen: Provider) -> dict[str, Any]:
    """Return what the provider says of itself: addresses and keys."""
    cache, name = caches["default"], f"oidc:{chosen.issuer}"
    known: dict[str, Any] | None = cache.get(name)
    if known is None:
        known = _fetched(f"{chosen.issuer}/.well-known/openid-configuration")
        if str(known.get("issuer", "")).rstrip("/") != chosen.issuer:
            raise _unusable(chosen)
        cache.set(name, known, KEPT)
    return known


def _keys(chosen: Provider) -> Any:
    """Keys of the provider, asked for at each connection: they turn, and connections are few."""
    from joserfc.jwk import KeySet

    return KeySet.import_key_set(_fetched(_published(chosen)["jwks_uri"]))


def _fetched(address: str) -> Any:
    with _asking() as client:
        answer = client.get(address)
        answer.raise_for_status()
        return answer.json()


def _exchange(chosen: Provider, callback: str, code: str, verifier: str) -> Mapping[str, Any]:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "client_id": chosen.client,
        "client_secret": chosen.secret,
        "code_verifier": verifier,
    }
    with _asking() as client:
        answer = client.post(_published(chosen)["token_endpoint"], data=sent)
        if answer.is_client_error:
            raise _unusable(chosen)
        answer.raise_for_status()
        told = answer.json()
    if not isinstance(told, dict):
        raise _unusable(chosen)
    return told


@contextmanager
def _asking() -> Iterator[httpx.Client]:
    """Ask the provider; whatever goes wrong on the way is said in French."""
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _silent() from error


def _identity(chosen: Provider, token: str, nonce: str) -> dict[str, Any]:
    """Claims of the identity token, once its signature, its origin and its age are checked."""
    from joserfc import jwt

    claims = _signed(chosen, token)
    expected = jwt.JWTClaimsRegistry(
        now=int(timezone.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": _published(chosen)["issuer"]},
        aud={"essential": True, "value": chosen.client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    _validated(chosen, expected, claims)
    parties = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    ours = claims.get("azp", chosen.client) == chosen.client
    if not constant_time_compare(str(claims.get("nonce", "")), nonce) or not ours:
        raise _unusable(chosen)
    if len(parties) > 1 and "azp" not in claims:
        raise _unusable(chosen)
    return claims


def _about(chosen: Provider, access: str, subject: str) -> dict[str, Any]:
    """Return what the provider tells of the person, in JSON or in a signed token."""
    address = _published(chosen).get("userinfo_endpoint")
    if not address:
        return {}
    with _asking() as client:
        answer = client.get(address, headers={"Authorization": f"Bearer {access}"})
        answer.raise_for_status()
        signed = answer.headers.get("content-type", "").startswith("application/jwt")
        told = _signed(chosen, answer.text.strip()) if signed else answer.json()
    if not isinstance(told, dict) or told.get("sub") != subject:
        raise _unusable(chosen)
    return told


def _signed(chosen: Provider, token: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        return dict(jwt.decode(token, _keys(chosen), algorithms=SIGNED_BY).claims)
    except (JoseError, ValueError) as error:
        raise _unusable(chosen) from error


def _validated(chosen: Provider, expected: Any, claims: dict[str, Any]) -> None:
    from joserfc.errors import JoseError

    try:
        expected.validate(claims)
    except JoseError as error:
        raise _unusable(chosen) from error


def too_often(wait: int) -> ProviderError:
    """Return the fault of who leaves for the provider again and again; ``wait`` is in seconds."""
    minutes = -(-wait // 60)
    return ProviderError(
        _("Trop d’essais."), remedy=_("Attendez %(minutes)s minutes.") % {"minutes": minutes}
    )


def _silent() -> ProviderError:
    return ProviderError(
        _("Le fournisseur d’identité ne répond pas."),
        remedy=_("Réessayez dans quelques minutes, ou connectez-vous par mot de passe."),
    )


def _unusable(chosen: Provider) -> ProviderError:
    return ProviderError(
        _("La réponse de %(name)s n’a pas pu être vérifiée.") % {"name": chosen.name},
        remedy=_("Recommencez ; si cela dure, prévenez l’administrateur du site."),
    )
