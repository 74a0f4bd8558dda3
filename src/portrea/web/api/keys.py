"""Keys of the programs that write: issued, revoked, recognised; only a digest is kept."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal
from portrea.web.accounts.matrix import BY_LINK, matrix
from portrea.web.accounts.permissions import Actor, Grant, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.api.models import ApiKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LASTS = (30, 90, 365, 730)
"""Days that a key may last."""
ACTS = ("place.propose", "activity.exchange")
"""What a key may be given: acts that need no person to answer for them."""
READS = {"activity.exchange": "activity.log"}
"""Acts of a key that give away what only some may see: what the issuer must be allowed."""
START = "portrea_"
SHOWN = len(START) + 6


@act("key.issue")
def key_issue(
    *, actor: Any, label: str, territory: Any, days: int = 365, acts: Sequence[str] = ACTS[:1]
) -> tuple[ApiKey, str]:
    """Make a key for a territory.

    Returns
    -------
    The key as kept, and its secret text, which nobody can show again.
    """
    require(actor, "key.issue", territory)
    if days not in LASTS:
        raise ParameterError(f"Durée inconnue : {days} jours.", remedy=f"Durées : {LASTS}.")
    if not acts or not set(acts) <= set(ACTS):
        raise ParameterError("Une clé ne peut pas faire cela.", remedy=f"Actes : {ACTS}.")
    for name in filter(READS.get, acts):
        require(actor, READS[name], territory)
    level, code = key_of(territory)
    secret = START + base64.b32encode(secrets.token_bytes(20)).decode().lower()
    with transaction.atomic():
        key = ApiKey.objects.create(
            label=label.strip()[:120] or "Clé",
            digest=_digest(secret),
            start=secret[:SHOWN],
            level=level,
            code=code,
            acts=list(acts),
            by=Actor.of(actor).user,
            expires=timezone.now() + timedelta(days=days),
        )
        _write(
            actor, key, {"clé": key.label, "expire": timezone.localdate(key.expires).isoformat()}
        )
    return key, secret


@act("key.issue")
def key_revoke(*, actor: Any, key: int) -> ApiKey:
    """Close a key at once."""
    with transaction.atomic():
        found = ApiKey.objects.select_for_update().filter(pk=key).first()
        if found is None:
            raise ParameterError("Cette clé n’existe plus.")
        require(actor, "key.issue", found.territory)
        if found.revoked is None:
            found.revoked = timezone.now()
            found.save(update_fields=["revoked"])
            _write(actor, found, {"révoquée": True})
    return found


def key_of_secret(secret: str) -> ApiKey | None:
    """Return the open key that a secret names, and note the day it was used."""
    found = ApiKey.objects.filter(digest=_digest(secret)).first()
    if found is None or not found.open:
        return None
    today = timezone.localdate()
    if found.used != today:
        ApiKey.objects.filter(pk=found.pk).update(used=today)
    return found


def bearer(key: ApiKey) -> Actor:
    """Return who acts through a key: its number, never a person."""
    return Actor("link", f"clé d’API n° {key.pk}", None, (Grant(BY_LINK, key.level, key.code),))


def allowed(key: ApiKey, name: str) -> bool:
    """Tell whether a key was given an act, and may still be given it."""
    return name in key.acts and BY_LINK in matrix().acts[name].scopes


def ended_keys(before: datetime, *, dry_run: bool) -> int:
    """Erase the keys that ended long ago; what came by them stays."""
    rows = ApiKey.objects.filter(Q(expires__lt=before) | Q(revoked__lt=before))
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count


def _digest(secret: str) -> str:
    """Digest a secret: it is 160 bits drawn at random, no dictionary finds it back."""
    return hashlib.sha256(secret.strip().encode()).hexdigest()


def _write(actor: Any, key: ApiKey, after: dict[str, Any]) -> None:
    journal.record(act="key.issue", actor=actor, target=key, territory=key.territory, after=after)
