"""The line of the journal that a backup or a restoration leaves: how much, never what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.web.accounts.permissions import Actor
    from portrea.web.operation.backups.making import Backup
    from portrea.web.operation.backups.restoring import Restored

ACT = "site.backup"
KIND = "sauvegarde"


@act(ACT)
@transaction.atomic
def backup_note(*, actor: Actor, made: Backup, verified: bool) -> None:
    """Note a backup that was made; ``verified``: it was restored for trial."""
    require(actor, ACT)
    after = {
        "octets": made.bytes,
        "lignes": sum(made.proof.rows.values()),
        "chiffrée": made.key is not None,
        "essayée": verified,
    }
    journal.record(act=f"{ACT}.make", actor=actor, target=(KIND, made.path.name), after=after)


@act(ACT)
@transaction.atomic
def restoration_note(*, actor: Actor, path: Path, told: Restored) -> None:
    """Note, in the database put in place, which backup it comes from."""
    require(actor, ACT)
    after = {"du": told.head.date, "lignes": sum(told.proof.rows.values())}
    journal.record(act=f"{ACT}.restore", actor=actor, target=(KIND, path.name), after=after)
