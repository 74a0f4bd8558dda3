"""Put what a territory owns in another site: nothing is overwritten, what differs is told."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BinaryField, JSONField

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError
from portrea.web.accounts import objects
from portrea.web.action.services import pictures
from portrea.web.offer import uploads
from portrea.web.operation.backups.rows import plain, value_of
from portrea.web.operation.estate.carrying import FORMAT, MANIFEST, NAMED_IDS, identity
from portrea.web.operation.estate.owned import tables
from portrea.web.surveys.services import files

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import Model

    from portrea.base.progress import Progress
    from portrea.web.operation.estate.owned import Owned

MOST_TOLD = 200


@dataclass(slots=True)
class Brought:
    """What an import did, or would do: rows added, already there, and conflicts (French)."""

    manifest: dict[str, Any]
    added: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    moved: dict[str, dict[Any, Any]] = field(default_factory=dict)


def bring(path: Path, *, dry_run: bool, progress: Progress) -> Brought:
    """Add the rows of a territory's file that are not here yet, in one transaction.

    A row that is here and differs is kept as it is here, and told; so is one that needs a row
    which is neither in the file nor here.

    Raises
    ------
    DataError
        The file is not one of a territory, is damaged, or has tables unknown here.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            done = Brought(_manifest(archive))
            with transaction.atomic():
                _bring_all(archive, done, progress)
                transaction.set_rollback(dry_run)
            if not dry_run:
                _bring_files(archive, done)
    except (KeyError, ValidationError, *BROKEN) as error:
        raise _refused(f"il ne peut pas être lu ({error})") from error
    return done


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    told = json.loads(archive.read(MANIFEST))
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise _refused("sa forme n’est pas connue ici")
    unknown = sorted(set(told["tables"]) - {owned.label for owned in tables() if owned.carried})
    if unknown:
        raise _refused(f"sa table « {unknown[0]} » n’est pas connue de cette version")
    return told


def _bring_all(archive: zipfile.ZipFile, done: Brought, progress: Progress) -> None:
    named = [owned for owned in tables() if owned.label in done.manifest["tables"]]
    for number, owned in enumerate(named):
        progress(number / len(named), str(owned.model._meta.verbose_name))
        content = archive.read(f"tables/{owned.label}.jsonl")
        if hashlib.sha256(content).hexdigest() != done.manifest["tables"][owned.label]["sha256"]:
            raise _refused(f"sa table « {owned.label} » a été modifiée")
        for line in content.splitlines():
            _bring_row(owned, json.loads(line), done)


def _bring_row(owned: Owned, told: dict[str, Any], done: Brought) -> None:
    row = _row(owned.model, told, done)
    if row is None:
        _tell(done, owned, told, "dépend d’une ligne qui n’est ni ici ni dans le fichier")
        return
    here = _same(owned.model, row)
    if here is None:
        owned.model._base_manager.bulk_create([row])
        done.added[owned.label] = done.added.get(owned.label, 0) + 1
    elif _content(here) == _content(row):
        done.present[owned.label] = done.present.get(owned.label, 0) + 1
    else:
        _tell(done, owned, told, "existe déjà ici, différente : gardée comme elle est ici")
    done.moved.setdefault(owned.label, {})[told[_id(owned.model)]] = (here or row).pk


def _row(model: type[Model], told: dict[str, Any], done: Brought) -> Model | None:
    """Return the row to add, its links turned to rows of here; ``None`` when one is missing."""
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.primary_key and column.get_internal_type() not in NAMED_IDS:
            continue
        value = told.get(column.name)
        if column.is_relation and value is not None:
            value = _linked(column.related_model, value, done)
        if column.is_relation and value is None and not column.null:
            return None
        values[column.attname] = value if column.is_relation else value_of(column, value)
    return model(**values)


def _linked(model: type[Model], value: Any, done: Brought) -> Any:
    if isinstance(value, dict):
        return model._base_manager.filter(**value["cle"]).values_list("pk", flat=True).first()
    return done.moved.get(model._meta.label, {}).get(value)


def _same(model: type[Model], row: Model) -> Model | None:
    """Return the row of here that is this one: the same name, else the same content."""
    names = identity(model)
    if names:
        wanted = {name: getattr(row, model._meta.get_field(name).attname) for name in names}
        return model._base_manager.filter(**wanted).first()
    wanted = {
        column.attname: getattr(row, column.attname)
        for column in model._meta.concrete_fields
        if not column.primary_key and not isinstance(column, (JSONField, BinaryField))
    }
    alike = model._base_manager.filter(**wanted)
    return next((one for one in alike if _content(one) == _content(row)), None)


def _content(row: Model) -> str:
    """Return what a row says, without its number and without who wrote it."""
    told = {
        column.attname: plain(getattr(row, column.attname))
        for column in row._meta.concrete_fields
        if not column.primary_key
        and not (column.is_relation and column.related_model._meta.label == "accounts.User")
    }
    return json.dumps(told, sort_keys=True, default=str)


def _bring_files(archive: zipfile.ZipFile, done: Brought) -> None:
    """Write the files that are missing: their names come from rows, never from the archive."""
    names = set(archive.namelist())
    for label, folder, path_of in (
        ("surveys.Attachment", "reponses", lambda row: files.path_of(row.digest)),
        ("action.Difficulty", "captures", lambda row: pictures.folder() / row.picture),
        ("offer.ImportBatch", "listes", uploads.path_of),
    ):
        owned = next(one for one in tables() if one.label == label)
        for old, new in done.moved.get(label, {}).items():
            row = owned.model._base_manager.get(pk=new)
            target = path_of(row)
            middle = f"{old}/" if folder == "listes" else ""
            name = f"fichiers/{folder}/{middle}{target.name}"
            if name in names and not objects.exists(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
                objects.keep(target)


def _id(model: type[Model]) -> str:
    return model._meta.pk.name


def _tell(done: Brought, owned: Owned, told: dict[str, Any], why: str) -> None:
    if len(done.conflicts) < MOST_TOLD:
        done.conflicts.append(f"{owned.label} {told[_id(owned.model)]} : {why}.")


def _refused(why: str) -> DataError:
    return DataError(
        f"Ce fichier de territoire est refusé : {why}.",
        remedy="Refaites-le par « portrea estate export » ; rien n’a été changé ici.",
    )
