"""The question « where » made ready: régions, départements, EPCI, communes of a territory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.surveys import editing
from portrea.surveys.form import Choice, Form, Kind, Question
from portrea.territory import Level
from portrea.web.accounts.scope import FRANCE, contains, find, gazetteer

if TYPE_CHECKING:
    from portrea.territory import Gazetteer, Territory
    from portrea.web.accounts.scope import Key

MOST = 2_500
"""Choices of one list that a phone can hold; beyond, the level is not asked."""
LEVELS = (Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE)


def levels_of(key: Key) -> dict[str, list[Territory]]:
    """Return the levels that can be asked inside a territory, wider first, with their members."""
    known = gazetteer()
    if known is None:
        raise DataError(
            _("Aucun territoire n’est encore calculé sur ce site."),
            remedy=_("Demandez à qui tient le site de lancer le calcul."),
        )
    return {
        level.value: members
        for level in LEVELS
        if 1 < len(members := _members(known, key, level)) <= MOST
    }


def _members(known: Gazetteer, key: Key, level: Level) -> list[Territory]:
    if key != FRANCE and Level(key[0]) is level:
        return []
    found = known.children(find(key), level)
    if level is Level.EPCI and key != FRANCE and key[0] != "epci":
        found = [one for one in found if contains(key, one)]
    return sorted(found, key=lambda one: one.name)


def with_places(form: Form, key: Key, levels: list[str], after: str) -> Form:
    """Return the form with one question a level, each offering what lies in the answer before.

    Raises
    ------
    DataError
        No level is asked, or one that this territory does not have.
    """
    offered = levels_of(key)
    wanted = [level for level in offered if level in levels]
    if not wanted:
        raise DataError(
            _("Aucun niveau n’est choisi."), remedy=_("Cochez ce qui est demandé : la commune…")
        )
    names: dict[str, str] = {}
    for level in wanted:
        form = _asked(form, level, offered[level], names, after)
        after = names[level]
    return form


def _asked(
    form: Form, level: str, members: list[Territory], names: dict[str, str], after: str
) -> Form:
    label = _label(level)
    name = editing.name_for(level, editing.names_of(form))
    listed = editing.name_for(f"territoire {level}", form.lists)
    above = list(names)[-1] if names else ""
    choices = tuple(
        Choice(one.code, {form.languages[0]: one.name}, _columns(one, above)) for one in members
    )
    question = Question(
        name=name,
        kind=Kind.ONE,
        label={form.languages[0]: label},
        choices=listed,
        choice_filter=f"{above}=${{{names[above]}}}" if above else "",
        relevant=f"${{{names[above]}}} != ''" if above else "",
        appearance="autocomplete" if len(members) > 20 else "",
    )
    names[level] = name
    form = editing.with_list(form, listed, choices)
    return (
        editing.placed_after(form, question, after)
        if after in editing.names_of(form)
        else (replace(form, items=(*form.items, question)))
    )


def _columns(one: Territory, above: str) -> dict[str, str]:
    parent = one.parent_code(Level(above)) if above else None
    return {above: parent} if parent else {}


def _label(level: str) -> str:
    return {
        "region": _("Votre région"),
        "departement": _("Votre département"),
        "epci": _("Votre communauté de communes ou agglomération"),
        "commune": _("Votre commune"),
    }[level]
