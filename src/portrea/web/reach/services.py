"""Naming a trial, and taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.base.errors import DataError
from portrea.steering.sections_what_if import MOST
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.reach.asked import read_text
from portrea.web.reach.models import Scenario
from portrea.web.reach.selectors import page_of
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from portrea.web.reach.asked import Asked


@act("scenario.save")
@transaction.atomic
def scenario_save(*, actor: Any, title: str, query: str) -> Scenario:
    """Keep a trial under a name, with what it says today."""
    asked = read_text(query)
    level, code = place_of(asked)
    require(actor, "scenario.save", (level, code))
    saved = Scenario.objects.create(
        title=title,
        level=level,
        code=code,
        query=asked.query(kept=False),
        told=page_of(asked).headline.text,
        computation=reader().computation_id,
        by=Actor.of(actor).user,
    )
    journal.record(
        act="scenario.save", actor=actor, target=saved, territory=(level, code),
        after={"essai": saved.query},
    )  # fmt: skip
    return saved


@act("scenario.save")
@transaction.atomic
def scenario_drop(*, actor: Any, key: str) -> None:
    """Take a named trial away: its link no longer opens."""
    saved = Scenario.objects.filter(key=key).first()
    if saved is None:
        raise DataError("Cet essai n’est plus enregistré.")
    require(actor, "scenario.save", saved.territory)
    journal.record(
        act="scenario.save", actor=actor, target=saved, territory=saved.territory,
        before={"essai": saved.query}, reason="retiré",
    )  # fmt: skip
    saved.delete()


@act("scenario.show")
@transaction.atomic
def scenario_show(*, actor: Any, key: str, shown: bool) -> Scenario:
    """Put a named trial in the portrait of its territory and in its pack, or take it out."""
    saved = Scenario.objects.filter(key=key).first()
    if saved is None:
        raise DataError("Cet essai n’est plus enregistré.")
    require(actor, "scenario.show", saved.territory)
    others = Scenario.objects.filter(level=saved.level, code=saved.code, shown=True)
    if shown and others.exclude(pk=saved.pk).count() >= MOST:
        raise DataError(
            f"{MOST} essais sont déjà dans le portrait de ce territoire.",
            remedy="Retirez-en un d’abord.",
        )
    journal.record(
        act="scenario.show", actor=actor, target=saved, territory=saved.territory,
        before={"en avant": saved.shown}, after={"en avant": shown},
    )  # fmt: skip
    saved.shown = shown
    saved.save(update_fields=["shown"])
    return saved


def place_of(asked: Asked) -> tuple[str, str]:
    """Return the territory of a trial that may be named: one alone, with something changed."""
    selection = territory_find(asked.reference)
    if not selection.is_single:
        raise DataError("Un essai s’enregistre sur un seul territoire.")
    if not asked.changes:
        raise DataError("Rien n’est changé dans cet essai : il n’y a rien à enregistrer.")
    territory = selection.territories[0]
    return territory.level.value, territory.code
