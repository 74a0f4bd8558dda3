"""Means of actions: an action described, its lines, a table imported whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.models import Series
from portrea.web.action.services.words import kept
from portrea.web.steering.models import FundedAction, MeansLine
from portrea.web.steering.models.means import CountedBy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.means_reading import Told

TITLE, FUNDER = 160, 160


@act("means.edit")
@transaction.atomic
def action_describe(
    *, actor: Any, territory: str, told: Mapping[str, Any], action: FundedAction | None = None
) -> FundedAction:
    """Describe an action, or change what is said of it.

    Raises
    ------
    DataError
        Another one has this name, or the series is missing.
    """
    require(actor, "means.edit", territory)
    level, code = key_of(territory)
    series = Series.objects.filter(pk=told.get("series") or 0).first()
    if told["counted"] == CountedBy.SERIES and series is None:
        raise DataError(
            _("La série d’ateliers n’est pas dite."), remedy=_("Choisissez-la dans la liste.")
        )
    row = action or FundedAction(level=level, code=code, by=Actor.of(actor).user)
    row.title, row.kind = kept(told["title"], TITLE), told["kind"]
    row.counted, row.series = told["counted"], series
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DataError(
            _("Une action porte déjà ce nom ici."), remedy=_("Choisissez un autre nom.")
        ) from error
    _note(actor, row, {"action": row.title})
    return row


@act("means.edit")
@transaction.atomic
def action_remove(*, actor: Any, action: FundedAction) -> None:
    """Remove an action and its lines."""
    require(actor, "means.edit", action.territory)
    _note(actor, action, {"action retirée": action.title})
    action.delete()


@act("means.edit")
@transaction.atomic
def line_add(*, actor: Any, action: FundedAction, told: Mapping[str, Any]) -> MeansLine:
    """Add a line to an action."""
    require(actor, "means.edit", action.territory)
    made = MeansLine.objects.create(
        action=action, nature=told["nature"], year=told["year"], amount=told["amount"],
        life=told.get("life") or 1, funder=kept(told.get("funder", ""), FUNDER),
    )  # fmt: skip
    _note(actor, action, {"ligne": made.nature, "année": made.year, "montant": str(made.amount)})
    return made


@act("means.edit")
@transaction.atomic
def line_remove(*, actor: Any, action: FundedAction, line: int) -> None:
    """Remove a line.

    Raises
    ------
    DataError
        It is gone.
    """
    require(actor, "means.edit", action.territory)
    found = action.lines.filter(pk=line).first()
    if found is None:
        raise DataError(_("Cette ligne est déjà retirée."), remedy=_("Rechargez la page."))
    _note(actor, action, {"ligne retirée": found.nature, "montant": str(found.amount)})
    found.delete()


@act("means.edit")
@transaction.atomic
def means_import(*, actor: Any, territory: str, lines: Sequence[Told]) -> int:
    """Add the lines of a table, actions being made where there are none; return how many.

    A line that is already there, all cells alike, is not added again.
    """
    require(actor, "means.edit", territory)
    level, code = key_of(territory)
    added = 0
    for told in lines:
        action, _made = FundedAction.objects.get_or_create(
            level=level, code=code, title=kept(told.title, TITLE),
            defaults={"kind": told.kind, "by": Actor.of(actor).user},
        )  # fmt: skip
        line = told.line
        _row, made = MeansLine.objects.get_or_create(
            action=action, nature=line.nature, year=line.year, amount=f"{line.amount:.2f}",
            life=line.life, funder=kept(line.funder, FUNDER),
        )  # fmt: skip
        added += made
    journal.record(
        act="means.edit", actor=actor, target=("moyens", territory), territory=territory,
        after={"lignes lues": len(lines), "lignes ajoutées": added},
    )  # fmt: skip
    return added


def _note(actor: Any, action: FundedAction, after: dict[str, Any]) -> None:
    journal.record(
        act="means.edit", actor=actor, target=action, territory=action.territory, after=after
    )
