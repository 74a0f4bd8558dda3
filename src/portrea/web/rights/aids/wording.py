"""An aid in everyday words: for whom, how much, until when."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.estimates import integer
from portrea.rights.aids_reading import PACES
from portrea.rights.catalogue import rights
from portrea.web.rights.aids.forms import HOUSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.rights.aids import Aid, Between, BySize, Conditions


def told_of(aid: Aid) -> dict[str, object]:
    """Return the conditions of an aid, one sentence each, and its amount."""
    return {"conditions": list(_conditions(aid.conditions)), "amount": amount_of(aid)}


def amount_of(aid: Aid) -> str:
    """Return how much an aid gives, in a few words."""
    if aid.amount is None:
        return _("montant non connu : demandez-le")
    pace = _(PACES[aid.amount.per])
    if aid.amount.by_size:
        return f"{_sizes(aid.amount.by_size)}, {pace}"
    if aid.amount.low == aid.amount.high:
        return f"{_euros(aid.amount.low)} {pace}"
    ends = {"low": _euros(aid.amount.low), "high": _euros(aid.amount.high)}
    return _("de %(low)s à %(high)s") % ends + f" {pace}"


def _conditions(asked: Conditions) -> Iterator[str]:
    if asked.ages:
        yield _("un adulte %s") % _between(asked.ages, _("ans"))
    if asked.size:
        yield _("un foyer %s") % _between(asked.size, _("personnes"))
    if asked.children:
        told = {"n": asked.count, "ages": _between(asked.children, _("ans"))}
        yield _("au moins %(n)s enfant(s) %(ages)s") % told
    if asked.housing:
        names = [str(words) for value, words in HOUSING.items() if value in asked.housing]
        yield _("un foyer qui %s") % _(" ou ").join(names)
    if asked.ceiling:
        yield _("un revenu net par mois d’au plus %s") % _sizes(asked.ceiling)
    if asked.rights:
        names = [rights()[name].label for name in asked.rights]
        yield _("avoir un de ces droits : %s") % ", ".join(names)


def _between(one: Between, unit: str) -> str:
    if one.high == inf:
        return _("de %(low)d %(unit)s ou plus") % {"low": one.low, "unit": unit}
    if not one.low:
        return _("de %(high)d %(unit)s au plus") % {"high": one.high, "unit": unit}
    return _("de %(low)d à %(high)d %(unit)s") % {"low": one.low, "high": one.high, "unit": unit}


def _sizes(one: BySize) -> str:
    told = [_size(rank) % _euros(value) for rank, value in enumerate(one.values, 1)]
    if one.more:
        told.append(_("puis %s par personne en plus") % _euros(one.more))
    return ", ".join(told)


def _size(rank: int) -> str:
    return _("%s pour une personne") if rank == 1 else _("%%s pour %d") % rank


def _euros(value: float) -> str:
    cents = round(value * 100) % 100
    return f"{integer(int(value))}{f',{cents:02d}' if cents else ''} €"
