"""The catalogue of procedures: filled from its file, then kept by those who use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.action.catalogue import national
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import FRANCE, key_of
from portrea.web.action.models import Procedure
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("name", "body", "theme", "words", "link", "source", "checked")
LONGEST = {"name": 160, "body": 160, "words": 400, "source": 200}
TWICE = "Cette démarche est déjà au catalogue de ce territoire."


@transaction.atomic
def catalogue_sync() -> int:
    """Bring the rows of the whole country to what the file says; return how many changed.

    What somebody edited on the site stays as it is; a row that the file no longer holds too.
    """
    level, code = FRANCE
    rows = {row.origin: row for row in Procedure.objects.exclude(origin="")}
    changed = 0
    for entry in national():
        told = {name: getattr(entry, name) for name in FIELDS}
        row = rows.get(entry.code)
        if row is None:
            same = {"name": entry.name, "body": entry.body, "level": level, "code": code}
            told = {name: value for name, value in told.items() if name not in same}
            _row, made = Procedure.objects.get_or_create(
                **same, defaults=told | {"origin": entry.code}
            )
            changed += made
        elif row.edited is None and any(getattr(row, name) != told[name] for name in FIELDS):
            changed += Procedure.objects.filter(pk=row.pk).update(**told)
    return changed


@act("procedure.edit")
@transaction.atomic
def procedure_save(
    *, actor: Any, key: str = "", territory: Any = None, told: Mapping[str, Any]
) -> Procedure:
    """Write a procedure of a territory: a new one, or the one known by ``key``.

    ``told`` holds ``FIELDS``. A procedure does not change of territory.

    Raises
    ------
    DataError
        It is in the catalogue already, or its words hold what must not be kept.
    """
    row = procedure_to_edit(actor, key) if key else _new(actor, territory)
    before = {name: str(getattr(row, name)) for name in FIELDS} if key else None
    for name in FIELDS:
        value = told.get(name, "")
        setattr(row, name, kept(value, LONGEST[name]) if name in LONGEST else value)
    row.edited = timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DataError(TWICE, remedy="Corrigez celle qui existe.") from error
    _write(actor, row, before=before, after={name: str(getattr(row, name)) for name in FIELDS})
    return row


@act("procedure.edit")
@transaction.atomic
def procedure_retire(*, actor: Any, key: str, retired: bool) -> Procedure:
    """Take a procedure out of the lists, or bring it back; what was said of it stays."""
    row = procedure_to_edit(actor, key)
    row.retired = timezone.localdate() if retired else None
    row.edited = timezone.now()
    row.save(update_fields=["retired", "edited"])
    _write(actor, row, after={"retirée": retired})
    return row


def procedure_to_edit(actor: Any, key: str) -> Procedure:
    """Return a procedure that someone may edit, locked until the end of the transaction."""
    row = Procedure.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise DataError("Cette démarche n’existe plus.", remedy="Revenez au catalogue.")
    require(actor, "procedure.edit", row.territory)
    return row


def _new(actor: Any, territory: Any) -> Procedure:
    level, code = key_of(territory)
    require(actor, "procedure.edit", (level, code))
    return Procedure(level=level, code=code)


def _write(actor: Any, row: Procedure, **told: Any) -> None:
    journal.record(act="procedure.edit", actor=actor, target=row, territory=row.territory, **told)
