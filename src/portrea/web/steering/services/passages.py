"""Texts beside the figures: written, hidden, restored; every version is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.base.unseen import without_unseen
from portrea.steering.passages import paragraphs
from portrea.surveys.privacy import findings
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import SECRET
from portrea.web.steering.models import Passage

if TYPE_CHECKING:
    from portrea.web.accounts.scope import Key

LONGEST = 6_000
"""Signs of a text."""


class MeanwhileError(DataError):
    """Somebody else wrote the same text meanwhile: nothing was replaced; ``now`` is theirs."""

    def __init__(self, now: Passage | None) -> None:
        super().__init__(
            _("Quelqu’un a écrit ce texte pendant que vous l’écriviez. Rien n’est perdu."),
            remedy=_("Comparez les deux textes, gardez ce qui convient, puis enregistrez."),
        )
        self.now = now


@act("portrait.write")
@transaction.atomic
def passage_write(*, actor: Any, territory: Any, section: str, text: str, seen: int) -> Passage:
    """Write the text of a section, as a new version.

    Parameters
    ----------
    text
        As typed: paragraphs, lists; nothing is markup.
    seen
        The version that the person read before she wrote, zero for none.

    Raises
    ------
    MeanwhileError
        Another version was written since.
    DataError
        It is too long, or holds a secret.
    """
    where = key_of(territory)
    require(actor, "portrait.write", where)
    told = paragraphs(without_unseen(text))
    _check(told)
    last = _last(where, section, seen)
    if last is not None and tuple(last.told) == told:
        return last
    return _added(actor, where, section, last, told=list(told))


@act("portrait.write")
@transaction.atomic
def passage_hide(*, actor: Any, territory: Any, section: str, hidden: bool) -> Passage | None:
    """Leave a section out of the portrait, or take it back; its text stays."""
    where = key_of(territory)
    require(actor, "portrait.write", where)
    last = _last(where, section)
    if hidden == (last is not None and last.hidden):
        return last
    return _added(actor, where, section, last, hidden=hidden)


@act("portrait.write")
@transaction.atomic
def passage_restore(*, actor: Any, passage: Passage) -> Passage:
    """Put a former version back in force, as a new version."""
    where = (passage.level, passage.code)
    require(actor, "portrait.write", where)
    last = _last(where, passage.section)
    return _added(actor, where, passage.section, last, told=passage.told)


def _check(told: tuple[str, ...]) -> None:
    text = "\n".join(told)
    if len(text) > LONGEST:
        raise DataError(
            _("Ce texte compte {} signes : {} au plus.").format(len(text), LONGEST),
            remedy=_("Raccourcissez-le, puis enregistrez : rien n’est perdu."),
        )
    secrets = dict.fromkeys(one.label for one in findings(text) if one.kind in SECRET)
    if secrets:
        raise DataError(
            _("Ce texte contient : {}. Portrea ne le garde jamais.").format(", ".join(secrets)),
            remedy=_("Effacez-le, puis enregistrez."),
        )


def _last(where: Key, section: str, seen: int | None = None) -> Passage | None:
    rows = Passage.objects.select_for_update().filter(level=where[0], code=where[1])
    last = rows.filter(section=section).order_by("-version").first()
    if seen is not None and seen != (last.version if last else 0):
        raise MeanwhileError(last)
    return last


def _added(actor: Any, where: Key, section: str, last: Passage | None, **changed: Any) -> Passage:
    """Add a version after the last one; two at the same instant: the second is told."""
    same = {"told": last.told, "hidden": last.hidden} if last else {}
    card = {**same, **changed, "version": last.version + 1 if last else 1}
    try:
        with transaction.atomic():
            made = Passage.objects.create(
                level=where[0], code=where[1], section=section, by=Actor.of(actor).user, **card
            )
    except IntegrityError as error:
        raise MeanwhileError(_last(where, section)) from error
    journal.record(
        act="portrait.write", actor=actor, target=made, territory=where,
        after={"section": section, "version": made.version, "masquée": made.hidden},
    )  # fmt: skip
    return made
