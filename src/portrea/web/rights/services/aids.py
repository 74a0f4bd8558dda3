"""Local aids: written, read again, retired; the journal keeps their versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.rights.aids_reading import read_aid, read_file
from portrea.surveys.privacy import findings
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.accounts.selectors import territory_written
from portrea.web.rights.models import LocalAid

if TYPE_CHECKING:
    from collections.abc import Mapping

ACT = "aid.edit"
SECRET = ("nir", "mot_de_passe")
GONE = "Cette aide n’existe plus."


class Written(NamedTuple):
    """What a file did, or would do: names of aids that are new, changed, the same."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


@act(ACT)
@transaction.atomic
def aid_save(
    *, actor: Any, territory: Any, name: str, card: Mapping[str, Any], aid: int | None = None
) -> LocalAid:
    """Write an aid of a territory, or change one; it stays in its territory.

    Raises
    ------
    DataError
        The card says what cannot be, holds a secret, or another aid has its name.
    """
    row = _found(actor, aid) if aid else LocalAid(**_place(actor, territory))
    _check(name, card)
    others = LocalAid.objects.filter(name=name, level=row.level, code=row.code)
    if others.exclude(pk=row.pk).exists():
        raise DataError(
            "Une aide porte déjà ce nom technique dans ce territoire.",
            remedy="Donnez un autre nom, ou corrigez l’autre aide.",
        )
    before = row.card if aid else None
    row.name, row.card, row.retired = name, dict(card), None
    row.save()
    _write(actor, row, before=before, after=row.card)
    return row


@act(ACT)
@transaction.atomic
def aids_import(*, actor: Any, content: str, dry_run: bool = False) -> tuple[str, Written]:
    """Write all the aids of a YAML file, or only tell what it would do; none when one is wrong.

    Those of the territory that the file does not name stay as they are.

    Raises
    ------
    DataError
        What is wrong in the file, line by line.
    """
    told = read_file(content, today=timezone.localdate())
    place = _place(actor, told.territory)
    known = {row.name: row for row in LocalAid.objects.select_for_update().filter(**place)}
    new = [name for name in told.cards if name not in known]
    changed = [name for name, card in told.cards.items()
               if name in known and (known[name].card != card or known[name].retired)]  # fmt: skip
    same = [name for name in told.cards if name not in {*new, *changed}]
    for name, card in told.cards.items():
        _no_secret(card)
        if dry_run or name in same:
            continue
        row = known.get(name) or LocalAid(name=name, **place)
        before = row.card if row.pk else None
        row.card, row.retired = dict(card), None
        row.save()
        _write(actor, row, before=before, after=row.card, reason="Fichier d’aides")
    return told.territory, Written(tuple(new), tuple(changed), tuple(same))


@act(ACT)
@transaction.atomic
def aid_confirm(*, actor: Any, aid: int) -> LocalAid:
    """Note that an aid was read again today and that nothing changed."""
    row = _found(actor, aid)
    before = {"verifie_le": row.card.get("verifie_le")}
    after = {"verifie_le": timezone.localdate().isoformat()}
    _check(row.name, row.card | after)
    row.card = row.card | after
    row.save(update_fields=["card"])
    _write(actor, row, before=before, after=after)
    return row


@act(ACT)
@transaction.atomic
def aid_retire(*, actor: Any, aid: int, retired: bool) -> LocalAid:
    """Take an aid out of the lists, or bring it back."""
    row = _found(actor, aid)
    row.retired = timezone.localdate() if retired else None
    row.save(update_fields=["retired"])
    _write(actor, row, after={"retirée": retired})
    return row


def _check(name: str, card: Mapping[str, Any]) -> None:
    read_aid(name, card, today=timezone.localdate())
    _no_secret(card)


def _no_secret(card: Mapping[str, Any]) -> None:
    found = findings(json.dumps(card, ensure_ascii=False, default=str))
    labels = dict.fromkeys(one.label for one in found if one.kind in SECRET)
    if labels:
        raise DataError(
            f"Cette aide contient : {', '.join(labels)}. Portrea ne le garde jamais.",
            remedy="Effacez-le, puis enregistrez.",
        )


def _place(actor: Any, territory: Any) -> dict[str, str]:
    level, code = key_of(territory)
    key = territory_written(f"{level}:{code}")
    require(actor, ACT, key)
    return {"level": key[0], "code": key[1]}


def _found(actor: Any, aid: int) -> LocalAid:
    row = LocalAid.objects.select_for_update().filter(pk=aid).first()
    if row is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    require(actor, ACT, row.territory)
    return row


def _write(actor: Any, row: LocalAid, **told: Any) -> None:
    journal.record(act=ACT, actor=actor, target=row, territory=row.territory, **told)
