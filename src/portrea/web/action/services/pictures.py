"""Screenshots of difficulties: beside the database, never public, parts hidden, soon erased."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from portrea.action.pictures import clean, hide
from portrea.base.errors import DataError, StoreError
from portrea.web.accounts import journal, objects
from portrea.web.accounts.permissions import act, require
from portrea.web.action.models import Difficulty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_NAME = 24


def folder() -> Path:
    """Return where pictures are kept."""
    return Path(settings.PORTREA_HOME) / "action" / "pictures"


@act("difficulty.tell")
@transaction.atomic
def picture_add(*, actor: Any, uuid: UUID, content: bytes) -> Difficulty:
    """Keep a picture, cleaned, in place of the former one; it waits to be looked at.

    Raises
    ------
    ParameterError
        It cannot be read.
    """
    found = difficulty_to_change(actor, uuid)
    _replace(found, clean(content))
    found.picture_added, found.picture_checked = timezone.now(), None
    found.save(update_fields=["picture", "picture_added", "picture_checked"])
    _write(actor, found, "ajoutée")
    return found


@act("difficulty.tell")
@transaction.atomic
def picture_hide(*, actor: Any, uuid: UUID, cells: Iterable[tuple[int, int]]) -> Difficulty:
    """Blacken parts of the picture for good: what was under them is no longer kept anywhere."""
    found = _with_picture(actor, uuid)
    _replace(found, hide(read(found), cells))
    found.picture_checked = None
    found.save(update_fields=["picture", "picture_checked"])
    _write(actor, found, "masquée")
    return found


@act("difficulty.tell")
@transaction.atomic
def picture_confirm(*, actor: Any, uuid: UUID) -> Difficulty:
    """Say that nobody can be recognised in the picture."""
    found = _with_picture(actor, uuid)
    found.picture_checked = timezone.now()
    found.save(update_fields=["picture_checked"])
    _write(actor, found, "relue")
    return found


@act("difficulty.tell")
@transaction.atomic
def picture_drop(*, actor: Any, uuid: UUID) -> Difficulty:
    """Erase the picture."""
    found = _with_picture(actor, uuid)
    name = found.picture
    found.picture, found.picture_added, found.picture_checked = "", None, None
    found.save(update_fields=["picture", "picture_added", "picture_checked"])
    _write(actor, found, "effacée")
    transaction.on_commit(lambda: forget(name))
    return found


def difficulty_to_change(actor: Any, uuid: UUID) -> Difficulty:
    """Return a difficulty that someone may change, locked until the end of the transaction."""
    found = Difficulty.objects.select_for_update().filter(uuid=uuid).first()
    if found is None:
        raise DataError("Cette difficulté n’existe plus.", remedy="Revenez à la liste.")
    require(actor, "difficulty.tell", found.territory, structure=found.structure)
    return found


def read(difficulty: Difficulty) -> bytes:
    """Return the bytes of a picture."""
    try:
        return objects.read(folder() / difficulty.picture)
    except FileNotFoundError as error:
        remedy = "Ajoutez-la de nouveau."
        raise StoreError("Cette capture n’est plus sur le disque.", remedy=remedy) from error


def forget(name: str) -> None:
    """Remove a picture from the disk."""
    if name:
        objects.forget(folder() / name)


def not_looked_at() -> DataError:
    """Return the refusal of a picture that nobody looked at."""
    return DataError(
        "Regardez la capture avant de la garder.",
        remedy="Cochez la case si l’on n’y lit plus aucun nom.",
    )


def _with_picture(actor: Any, uuid: UUID) -> Difficulty:
    found = difficulty_to_change(actor, uuid)
    if not found.picture:
        raise DataError("Il n’y a plus de capture.", remedy="Ajoutez-en une, ou continuez sans.")
    return found


def _replace(found: Difficulty, content: bytes) -> None:
    """Write a picture under a new name, whole or not at all; the former one goes afterwards."""
    former, found.picture = found.picture, f"{get_random_string(_NAME, _SIGNS)}.jpg"
    folder().mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder(), prefix="recu-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
        Path(temporary).replace(folder() / found.picture)
        objects.keep(folder() / found.picture)
    except OSError as error:
        remedy = "Prévenez la personne qui tient le site."
        raise StoreError("La capture n’a pas pu être écrite.", remedy=remedy) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    transaction.on_commit(lambda: forget(former))


def _write(actor: Any, found: Difficulty, done: str) -> None:
    journal.record(
        act="difficulty.tell",
        actor=actor,
        target=found,
        territory=found.territory,
        after={"capture": done},
    )
