"""Notebooks opened and closed; what their phones send enters by ``web.journeys.room_logs``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.accounts.structures import structure as structure_named
from portrea.web.action.models import Notebook
from portrea.web.action.services.words import kept

DAYS = (1, 30, 180)
LABEL = 80


@act("activity.log")
@transaction.atomic
def notebook_open(
    *, actor: Any, territory: Any, label: str, days: int, structure: str = ""
) -> Notebook:
    """Open a notebook for a territory or a structure, for some days."""
    held = structure_named(structure)
    level, code = key_of(held.territory if held else territory)
    require(actor, "activity.log", (level, code), structure=structure)
    if days not in DAYS:
        raise DataError("Un carnet s’ouvre pour un jour, un mois ou six mois.")
    made = Notebook.objects.create(
        label=kept(label, LABEL) or "Carnet",
        level=level,
        code=code,
        structure=structure,
        expires=timezone.now() + timedelta(days=days),
        by=Actor.of(actor).user,
    )
    _write(actor, made, {"carnet": "ouvert", "jours": days})
    return made


@act("activity.log")
@transaction.atomic
def notebook_close(*, actor: Any, key: str) -> Notebook:
    """Close a notebook: what phones still hold is refused, and stays on them."""
    found = Notebook.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError("Ce carnet n’existe plus.")
    require(actor, "activity.log", found.territory, structure=found.structure)
    found.revoked = found.revoked or timezone.now()
    found.save(update_fields=["revoked"])
    _write(actor, found, {"carnet": "fermé"})
    return found


def _write(actor: Any, notebook: Notebook, after: dict[str, Any]) -> None:
    journal.record(
        act="activity.log.notebook",
        actor=actor,
        target=notebook,
        territory=notebook.territory,
        after=after,
    )
