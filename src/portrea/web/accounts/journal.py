"""Write the journal, and read it by territory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.models import JournalActor, JournalEntry
from portrea.web.accounts.permissions import Actor
from portrea.web.accounts.scope import inside, key_of

if TYPE_CHECKING:
    from portrea.territory import Territory
    from portrea.web.accounts.scope import Key

__all__ = ["entries", "history", "record"]


def record(
    *,
    act: str,
    actor: Any,
    target: models.Model | tuple[str, str] | None = None,
    territory: Territory | Key | str | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> JournalEntry:
    """Add a line to the journal, in the transaction of the change it tells.

    Parameters
    ----------
    act
        A row of ``roles.yaml``, or a longer name that begins like one (``import.run.place``).
    actor
        An :class:`Actor`, a user or a request.
    target
        The object changed (its model's name and key are kept), or (kind, identifier).
    territory
        Where; ``None`` when it concerns the whole site.
    before, after
        What changed, JSON-safe: no name, e-mail or network address of a person.
    """
    if not any(act == known or act.startswith(f"{known}.") for known in matrix().acts):
        raise ValueError(f"roles.yaml declares no act « {act} »")
    kind, identifier = _target(target)
    level, code = key_of(territory) if territory is not None else ("", "")
    with transaction.atomic():
        return JournalEntry.objects.create(
            act=act,
            actor=_actor_row(Actor.of(actor)),
            target_kind=kind,
            target_id=identifier,
            level=level,
            code=code,
            before=before,
            after=after,
            reason=reason,
        )


def entries(territory: Territory | Key | str | None = None) -> models.QuerySet[JournalEntry]:
    """Return the lines that concern a territory and what lies in it, newest first."""
    return JournalEntry.objects.filter(inside(territory)).select_related("actor", "actor__user")


def history(target: models.Model | tuple[str, str]) -> models.QuerySet[JournalEntry]:
    """Return the lines about one object, newest first."""
    kind, identifier = _target(target)
    return JournalEntry.objects.filter(target_kind=kind, target_id=identifier).select_related(
        "actor", "actor__user"
    )


def _target(target: models.Model | tuple[str, str] | None) -> tuple[str, str]:
    if target is None:
        return "", ""
    if isinstance(target, models.Model):
        return target._meta.model_name or "", str(target.pk)
    return target[0], str(target[1])


def _actor_row(actor: Actor) -> JournalActor:
    """Return the erasable row of an actor for this month."""
    month = timezone.localdate().replace(day=1)
    if actor.user is not None:
        return JournalActor.objects.get_or_create(
            user=actor.user, month=month, defaults={"kind": JournalActor.Kind.USER}
        )[0]
    label = actor.label[:200]
    if not label:
        label = str(JournalActor.Kind(actor.kind).label)
    return JournalActor.objects.get_or_create(kind=actor.kind, label=label, month=month, user=None)[
        0
    ]
