"""Write all that a territory owns in one ZIP file that opens without Portrea.

``LISEZ-MOI.md``, ``manifeste.json`` (rows and sha256 of each table), ``tables/<app.Model>.jsonl``
(one object by row) and ``fichiers/`` (photographs of answers, screenshots, lists received).

A row tells another by its number, ``3``, when that one is in the file; by what names it,
``{"cle": {"key": "…"}}``, when it belongs to the site or to another territory; by nothing when it
is a person.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import UniqueConstraint

from portrea import __version__
from portrea.web.accounts import objects
from portrea.web.accounts.scope import name_of
from portrea.web.action.services import pictures
from portrea.web.offer import uploads
from portrea.web.operation.backups.rows import plain
from portrea.web.operation.estate.owned import declared, tables
from portrea.web.surveys.services import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.models import Field, Model

    from portrea.base.progress import Progress
    from portrea.web.accounts.scope import Key
    from portrea.web.operation.estate.owned import Owned

FORMAT = 1
MANIFEST, README = "manifeste.json", "LISEZ-MOI.md"
NAMED_IDS = {"CharField", "UUIDField"}


def carry(key: Key, target: Path, *, progress: Progress) -> dict[str, Any]:
    """Write the file of a territory; return its manifest. It takes its name once whole."""
    draft = target.with_name(f".{target.name}.ecriture")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive, transaction.atomic():
            manifest = _write(archive, key, progress)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(archive: zipfile.ZipFile, key: Key, progress: Progress) -> dict[str, Any]:
    carried = [owned for owned in tables() if owned.carried]
    inside = {owned.model: set(owned.rows(key).values_list("pk", flat=True)) for owned in carried}
    told: dict[str, Any] = {}
    for done, owned in enumerate(carried):
        progress(0.9 * done / len(carried), str(owned.model._meta.verbose_name))
        told[owned.label] = _write_table(archive, owned, key, inside)
    for name, path in kept_files(key):
        with objects.at_hand(path) as here:
            archive.write(here, f"fichiers/{name}")
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "territoire": list(key),
        "nom": name_of(key),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": told,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    archive.writestr(README, _readme(manifest))
    return manifest


def _write_table(
    archive: zipfile.ZipFile, owned: Owned, key: Key, inside: dict[Any, set[Any]]
) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{owned.label}.jsonl", "w") as stream:
        for row in owned.rows(key).iterator(chunk_size=500):
            line = json.dumps(_told(row, inside), ensure_ascii=False).encode() + b"\n"
            stream.write(line)
            digest.update(line)
            count += 1
    return {"lignes": count, "sha256": digest.hexdigest()}


def _told(row: Model, inside: dict[Any, set[Any]]) -> dict[str, Any]:
    """Return a row as the file has it."""
    found = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        held = not field.is_relation or value is None
        if held or value in inside.get(field.related_model, ()):
            found[field.name] = plain(value)
        else:
            found[field.name] = _named(field, value)
    return found


def _named(field: Field[Any, Any], value: Any) -> Any:
    """Return what names a row that is not in the file, ``None`` for a person."""
    if field.related_model._meta.label in declared()["person"]:
        return None
    names = identity(field.related_model)
    row = field.related_model._base_manager.filter(pk=value).values(*names).first()
    return {"cle": {name: plain(told) for name, told in row.items()}} if row and names else None


def identity(model: type[Model]) -> list[str]:
    """Return the columns that name a row everywhere: a key of its own, else a unique group."""
    if model._meta.pk.get_internal_type() in NAMED_IDS:
        return [model._meta.pk.name]
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and not field.is_relation and not field.null:
            return [field.name]
    for constraint in model._meta.constraints:
        whole = isinstance(constraint, UniqueConstraint) and not constraint.condition
        if whole and constraint.fields:
            return list(constraint.fields)
    return []


def kept_files(key: Key) -> Iterator[tuple[str, Path]]:
    """Yield the files of a territory: name in the archive, path here; those that are still here."""
    rows = {owned.label: owned.rows(key) for owned in tables()}
    named = [
        (f"reponses/{digest}", files.path_of(digest))
        for digest in sorted(set(rows["surveys.Attachment"].values_list("digest", flat=True)))
    ]
    shown = rows["action.Difficulty"].exclude(picture="").values_list("picture", flat=True)
    named += [(f"captures/{name}", pictures.folder() / name) for name in sorted(set(shown))]
    named += [
        (f"listes/{batch.pk}/{uploads.path_of(batch).name}", uploads.path_of(batch))
        for batch in rows["offer.ImportBatch"]
    ]
    yield from ((name, path) for name, path in named if objects.exists(path))


def _readme(manifest: dict[str, Any]) -> str:
    lines = [
        f"# {manifest['nom']} : tout ce que ce territoire possède",
        "",
        f"Écrit le {manifest['date']} par Portrea {manifest['version']}.",
        "",
        "Chaque fichier de `tables/` a une ligne JSON par ligne de la table ; les noms de colonnes",
        "sont ceux de Portrea. Un nombre renvoie à l’`id` d’une ligne de la table visée ;",
        '`{"cle": …}` nomme une ligne qui n’est pas ici. Aucun compte, aucun auteur n’y est.',
        "Ces fichiers contiennent des réponses et des textes libres : gardez-les comme eux.",
        "",
        "| Table | Lignes |",
        "|---|---|",
    ]
    lines += [f"| {name} | {told['lignes']} |" for name, told in manifest["tables"].items()]
    return "\n".join(lines) + "\n"
