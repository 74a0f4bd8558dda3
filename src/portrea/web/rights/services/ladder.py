"""How far a territory goes at the source; its partners; the file made for one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.rights.handing import handed
from portrea.rights.ladder import Level, refusals
from portrea.surveys.privacy import findings
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, reach, require
from portrea.web.accounts.scope import contains, key_of
from portrea.web.accounts.structures import structure
from portrea.web.rights.ladder.selectors import GIVE, SETTLE, level_at
from portrea.web.rights.models import LadderChoice, Partner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FIELDS = ("name", "basis", "signed", "until", "service")
GONE = "Ce partenaire n’existe plus."
TWICE = "Ce partenaire est déjà là."
SECRET = ("nir", "mot_de_passe")


@act(SETTLE)
@transaction.atomic
def level_choose(*, actor: Any, territory: Any, level: Level | None) -> None:
    """Choose the level of a territory; ``None`` gives it back the one that it inherits."""
    key = key_of(territory)
    require(actor, SETTLE, key)
    rows = LadderChoice.objects.select_for_update().filter(level=key[0], code=key[1])
    before = rows.values_list("rung", flat=True).first()
    if level is None:
        rows.delete()
    else:
        LadderChoice.objects.update_or_create(
            level=key[0], code=key[1], defaults={"rung": level.value}
        )
    journal.record(
        act=SETTLE, actor=actor, target=("rights.ladder", ":".join(key)), territory=key,
        before={"niveau": before}, after={"niveau": level.value if level else None},
    )  # fmt: skip


@act(SETTLE)
@transaction.atomic
def partner_save(*, actor: Any, territory: Any, told: Mapping[str, Any], key: str = "") -> Partner:
    """Write a partner of a territory, or change the one known by ``key``.

    ``told`` holds ``FIELDS``. The text that gives it the right is never left out.

    Raises
    ------
    DataError
        No legal basis, dates that do not follow, or a partner already there.
    """
    row = _partner(actor, key) if key else _new(actor, territory)
    if not told["basis"].strip():
        raise DataError("Aucune base légale n’est écrite.", remedy="Citez le texte et l’article.")
    if told["until"] < told["signed"]:
        raise DataError("La convention finit avant de commencer.", remedy="Vérifiez les dates.")
    before = _plain(row) if key else None
    for name in FIELDS:
        setattr(row, name, told[name])
    row.retired = None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DataError(
            "Ce partenaire est déjà là.", remedy="Corrigez celui qui existe."
        ) from error
    _write(actor, row, before=before, after=_plain(row))
    return row


@act(SETTLE)
@transaction.atomic
def partner_retire(*, actor: Any, key: str, retired: bool) -> Partner:
    """Stop every file for a partner, or allow them again."""
    row = _partner(actor, key)
    row.retired = timezone.localdate() if retired else None
    row.save(update_fields=["retired"])
    _write(actor, row, after={"retiré": retired})
    return row


@act(GIVE)
@transaction.atomic
def file_make(*, actor: Any, partner: str, content: bytes, consent: bool) -> dict[str, Any]:
    """Return the file for a partner, made from the summary that a person shows.

    Nothing of the person is kept: the journal notes that a file was made, for whom, and the day.

    Raises
    ------
    DataError
        Why it may not be made, or what is wrong in the summary.
    """
    row = Partner.objects.filter(key=partner).first()
    if row is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    _may_give(actor, row)
    today = timezone.localdate()
    level = level_at((row.level, row.code))[0]
    why = refusals(row.convention, level=level, day=today, consent=consent)
    if why:
        raise DataError(" ".join(why), remedy="Sans cela, aucun fichier ne peut être fait.")
    made = handed(_summary(content), body=row.name, convention=row.convention, day=today)
    journal.record(
        act=GIVE, actor=actor, target=row, territory=row.territory,
        after={"fichier": "remis en main propre"},
    )  # fmt: skip
    return made


def _may_give(actor: Any, row: Partner) -> None:
    """Ask on the territory of the partner, else on a structure of the actor that lies there."""
    own = [grant.structure for grant in reach(actor, GIVE) if grant.structure]
    found = [one for one in map(structure, own) if one and contains(row.territory, one.territory)]
    require(actor, GIVE, row.territory, structure=found[0].id if found else "")


def _summary(content: bytes) -> Any:
    try:
        text = content.decode("utf-8")
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            "Ce fichier n’est pas lisible.",
            remedy="Demandez à la personne le fichier JSON qu’elle a emporté de ses droits.",
        ) from error
    labels = dict.fromkeys(one.label for one in findings(text) if one.kind in SECRET)
    if labels:
        raise DataError(
            f"Ce fichier contient : {', '.join(labels)}. Portrea le refuse.",
            remedy="Repartez du fichier que le site a donné, sans rien y ajouter.",
        )
    return told


def _new(actor: Any, territory: Any) -> Partner:
    level, code = key_of(territory)
    require(actor, SETTLE, (level, code))
    return Partner(level=level, code=code)


def _partner(actor: Any, key: str) -> Partner:
    row = Partner.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    require(actor, SETTLE, row.territory)
    return row


def _plain(row: Partner) -> dict[str, str]:
    told: dict[str, str | date] = {name: getattr(row, name) for name in FIELDS}
    return {name: str(value) for name, value in told.items()}


def _write(actor: Any, row: Partner, **told: Any) -> None:
    journal.record(act=SETTLE, actor=actor, target=row, territory=row.territory, **told)
