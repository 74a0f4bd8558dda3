"""Erase what a territory owns, in two moments and with proof (decision 0035).

Asked first: the journal says so to the référents of the territory, who have a week. Then, not
before, everything is written once more in a file, erased in one transaction, searched for, and
certified: what was there, what is left and why, without a name.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models import ProtectedError

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal, objects, triggers
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import name_of
from portrea.web.operation.backups.rows import lines
from portrea.web.operation.backups.schema import applied, kept_models
from portrea.web.operation.estate.carrying import NAMED_IDS, carry, identity, kept_files
from portrea.web.operation.estate.owned import tables
from portrea.web.surveys.models import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.base.progress import Progress
    from portrea.web.accounts.scope import Key
    from portrea.web.operation.estate.owned import Owned

DELAY = timedelta(days=7)
SALT = "portrea.estate"
LONG = 10
"""Signs from which a name of a row is searched for: shorter ones are found everywhere."""
_WORDS = re.compile(rb"[\w:.\-]{10,}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased, signed by this site: ``content`` is what it says."""

    content: dict[str, Any]
    path: Path


@act("estate.erase")
def erasing_ask(*, actor: Any, key: Key) -> datetime:
    """Note that a territory is to be erased; return the moment from which it may be."""
    require(actor, "estate.erase", key)
    path = _request(key)
    if path.exists():
        raise ParameterError(
            f"L’effacement de {name_of(key)} est déjà demandé ({_asked(key):%d/%m/%Y})."
        )
    now = datetime.now(UTC)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"date": now.isoformat()}), "utf-8")
    journal.record(act="estate.erase.ask", actor=actor, territory=key)
    return now + DELAY


@act("estate.erase")
def erasing_withdraw(*, actor: Any, key: Key) -> None:
    """Give up an erasing that was asked."""
    require(actor, "estate.erase", key)
    _asked(key)
    _request(key).unlink()
    journal.record(act="estate.erase.withdraw", actor=actor, territory=key)


@act("estate.erase")
def erasing_do(*, actor: Any, key: Key, target: Path, progress: Progress) -> Certificate:
    """Erase a territory asked a week ago, after a last file of it; return the certificate.

    Raises
    ------
    ParameterError
        It was not asked, or less than a week ago.
    """
    require(actor, "estate.erase", key)
    asked = _asked(key)
    if datetime.now(UTC) < asked + DELAY:
        raise ParameterError(
            f"L’effacement de {name_of(key)} a été demandé le {asked:%d/%m/%Y} : il faut attendre"
            f" le {asked + DELAY:%d/%m/%Y}.",
            remedy="D’ici là, « portrea estate erase --withdraw » y renonce.",
        )
    carry(key, target, progress=progress)
    with transaction.atomic():
        paths = [path for _, path in kept_files(key)]
        content = _erase(key, progress)
        paths = [path for path in paths if not _shared(path)]
        content["fichier"] = hashlib.sha256(target.read_bytes()).hexdigest()
        content["demande"] = asked.isoformat(timespec="seconds")
        content["fichiers_effaces"] = len(paths)
        journal.record(act="estate.erase.done", actor=Actor.of(actor), territory=key,
                       after={"empreinte": digest(content)})  # fmt: skip
    for kept in paths:
        objects.forget(kept)
    _request(key).unlink()
    path = target.with_name(f"{target.stem}.certificat.json")
    path.write_text(signed(content), "utf-8")
    return Certificate(content, path)


def signed(content: dict[str, Any]) -> str:
    """Return a certificate that this site can recognise, readable by anyone."""
    signature = signing.Signer(salt=SALT).signature(digest(content))
    told = {"certificat": content, "sha256": digest(content), "signature": signature}
    return json.dumps(told, ensure_ascii=False, indent=1)


def genuine(text: str) -> bool:
    """Tell whether a certificate was written by this site and not changed since."""
    told = json.loads(text)
    wanted = signing.Signer(salt=SALT).signature(digest(told["certificat"]))
    return signing.constant_time_compare(wanted, told["signature"])


def digest(content: dict[str, Any]) -> str:
    """Return the sha256 of a certificate's content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _erase(key: Key, progress: Progress) -> dict[str, Any]:
    """Remove the rows, those that point first; return the counts and what is found afterwards."""
    before = {owned.label: owned.rows(key).count() for owned in tables()}
    names = set(_names(key))
    with triggers.lifted(connection):
        for owned in (*reversed(tables()), *_noted()):
            progress(0.5, str(owned.model._meta.verbose_name))
            _remove(owned, key)
    kept = {owned.label: owned.rows(key).count() for owned in tables()}
    return {
        "territoire": list(key),
        "nom": name_of(key),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "avant": {label: count for label, count in before.items() if count},
        "restent": {label: count for label, count in kept.items() if count},
        "noms_cherches": len(names),
        "noms_retrouves": sorted(_found(names)),
        "note": "Les lignes qui restent servent à un autre territoire. Les sauvegardes faites"
        " avant cette date le contiennent jusqu’à leur suppression.",
    }


def _noted() -> list[Owned]:
    """Return the tables where the database itself notes what others lose: emptied again last."""
    return [owned for owned in tables() if owned.label == "action.TallyStale"]


def _shared(path: Path) -> bool:
    """Tell whether an answer of another territory names the same file."""
    return Attachment.objects.filter(digest=path.name).exists()


def _remove(owned: Owned, key: Key) -> None:
    """Remove the rows of a table, but those that another territory needs."""
    kept: set[Any] = set()
    while rows := owned.rows(key).exclude(pk__in=kept):
        try:
            with transaction.atomic():
                rows.delete()
        except ProtectedError as error:
            needed = {
                getattr(one, field.attname)
                for one in error.protected_objects
                for field in one._meta.concrete_fields
                if field.is_relation and field.related_model is owned.model
            }
            if needed <= kept:
                raise
            kept |= needed


def _names(key: Key) -> Iterable[bytes]:
    """Yield what names the rows of a territory everywhere: their keys and identifiers."""
    for owned in tables():
        for name in identity(owned.model):
            field = owned.model._meta.get_field(name)
            own = field.get_internal_type() in NAMED_IDS and not field.is_relation
            if own and (field.unique or field.primary_key):
                told = owned.rows(key).values_list(name, flat=True)
                yield from (str(one).encode() for one in told if len(str(one)) >= LONG)


def _found(names: set[bytes]) -> set[str]:
    """Return the names that are still somewhere in the database."""
    found = set()
    for model in kept_models(applied(connection)):
        for line in lines(model, connection.alias):
            found |= {
                f"{model._meta.label} : {word.decode()}" for word in names & {*_WORDS.findall(line)}
            }
    return found


def _request(key: Key) -> Path:
    return Path(settings.PORTREA_HOME) / "effacements" / f"{key[0]}-{key[1]}.json"


def _asked(key: Key) -> datetime:
    path = _request(key)
    if not path.is_file():
        raise ParameterError(
            f"L’effacement de {name_of(key)} n’est pas demandé.",
            remedy="Demandez-le d’abord : portrea estate erase TERRITOIRE --ask.",
        )
    return datetime.fromisoformat(json.loads(path.read_text("utf-8"))["date"])
