"""Links of contribution: issued, renewed, revoked; found by the token of an address."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal, links
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.offer.models import ContributionLink

if TYPE_CHECKING:
    from portrea.web.offer.models import Place

LASTS = (1, 7, 30, 90, 365)
"""Days that a link may last."""


def token_of(link: ContributionLink) -> str:
    """Return the token of a link: only this site's secret key can write it."""
    return links.token("contribution", f"{link.pk}:{link.serial}")


def address_of(link: ContributionLink) -> str:
    """Return the public address of a link."""
    return links.absolute(f"/contribuer/{token_of(link)}/")


def link_of(token: str) -> ContributionLink:
    """Return the open link that a token names.

    Raises
    ------
    LinkError
        When it is unknown, expired or revoked: the sentence says what to do.
    """
    found = (
        ContributionLink.objects.select_related("place")
        .filter(digest=links.digest_of(token))
        .first()
    )
    if found is None or found.revoked is not None:
        raise links.LinkError(
            "Ce lien n’est pas valable : il a été remplacé, ou mal recopié.",
            remedy="Demandez-en un nouveau à la personne qui vous l’a donné.",
        )
    if not found.open:
        raise links.LinkError(
            "Ce lien a expiré.",
            remedy="Demandez-en un nouveau à la personne qui vous l’a donné.",
        )
    return found


def bearer(link: ContributionLink) -> Actor:
    """Return who acts through a link: its name, never a person."""
    label = f"lien n° {link.pk}"
    return Actor.link(label, link.territory, structure=link.place_id or "")


@act("link.issue")
def link_issue(
    *, actor: Any, label: str, territory: Any = None, place: Place | None = None, days: int = 30
) -> ContributionLink:
    """Make a link for a territory, or for the sheet of one structure."""
    where = place.territory if place else territory
    require(actor, "link.issue", where, structure=place.pk if place else "")
    if days not in LASTS:
        raise ParameterError(f"Durée inconnue : {days} jours.", remedy=f"Durées : {LASTS}.")
    level, code = key_of(where)
    with transaction.atomic():
        link = ContributionLink.objects.create(
            digest=secrets.token_hex(32),
            label=label.strip()[:120] or (place.name[:120] if place else "Collecte"),
            level=level,
            code=code,
            place=place,
            by=Actor.of(actor).user,
            expires=timezone.now() + timedelta(days=days),
        )
        link.digest = links.digest_of(token_of(link))
        link.save(update_fields=["digest"])
        _write(
            actor,
            link,
            {"lien": link.label, "expire": timezone.localdate(link.expires).isoformat()},
        )
    return link


@act("link.issue")
def link_renew(*, actor: Any, key: int, days: int = 30) -> ContributionLink:
    """Give a link a new token: whoever holds the former one can do nothing more."""
    with transaction.atomic():
        link = _locked(actor, key)
        link.serial += 1
        link.digest, link.revoked = links.digest_of(token_of(link)), None
        link.expires = timezone.now() + timedelta(days=days)
        link.save()
        _write(
            actor,
            link,
            {"jeton": link.serial, "expire": timezone.localdate(link.expires).isoformat()},
        )
    return link


@act("link.issue")
def link_revoke(*, actor: Any, key: int) -> ContributionLink:
    """Close a link at once."""
    with transaction.atomic():
        link = _locked(actor, key)
        link.revoked = link.revoked or timezone.now()
        link.save(update_fields=["revoked"])
        _write(actor, link, {"révoqué": True})
    return link


def _locked(actor: Any, key: int) -> ContributionLink:
    link = ContributionLink.objects.select_for_update().filter(pk=key).first()
    if link is None:
        raise ParameterError("Ce lien n’existe plus.")
    require(actor, "link.issue", link.territory, structure=link.place_id or "")
    return link


def _write(actor: Any, link: ContributionLink, after: dict[str, Any]) -> None:
    journal.record(
        act="link.issue", actor=actor, target=link, territory=link.territory, after=after
    )
