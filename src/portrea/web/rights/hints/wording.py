"""What is said of each right: how sure, how much, what to bring, where, when. Never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.rights.cards import cards
from portrea.rights.hints import Cover, Saying
from portrea.web.design.templatetags.french_dates import french_date
from portrea.web.rights.hints.steps import rooms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from portrea.rights.aids import Aid, LocalHint
    from portrea.rights.hints import Hint
    from portrea.web.rights.hints.steps import Deadline, Procedure

SURE = {
    Saying.PROBABLE: (
        "✔",
        gettext_lazy("Probable"),
        gettext_lazy("Cela vaut la peine de demander."),
    ),
    Saying.POSSIBLE: ("≈", gettext_lazy("Possible"), gettext_lazy("Cela reste à vérifier.")),
    Saying.UNSURE: ("?", gettext_lazy("Pas sûr"), gettext_lazy("Nous ne pouvons pas le dire.")),
    Saying.NO: ("–", gettext_lazy("Pas probable"), ""),
}
COVERS = {
    Cover.FREE: gettext_lazy("Gratuite"),
    Cover.PAYING: gettext_lazy("À payer en partie, de 8 à 30 € par mois et par personne"),
    Cover.UNSURE: "",
    Cover.NO: "",
}
PACES = {
    "month": gettext_lazy("par mois"),
    "year": gettext_lazy("par an"),
    "once": gettext_lazy("en une fois"),
}
THIN = "\u202f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A right of the answer, every word ready; ``saying`` names its style."""

    name: str
    label: str
    saying: str
    sign: str
    sure: str
    means: str
    amount: str
    doubts: tuple[str, ...]
    body: str
    for_whom: str
    papers: tuple[str, ...]
    place: str
    procedure: Procedure | None
    deadlines: Sequence[Deadline]


def shown(hints: Iterable[Hint], *, commune: str, day: date) -> tuple[Shown, ...]:
    """Return the rights of an answer, every word ready, in the order of the hints."""
    return tuple(_shown(hint, commune, day) for hint in hints)


def _shown(hint: Hint, commune: str, day: date) -> Shown:
    card, right = cards()[hint.right.name], hint.right
    sign, sure, means = SURE[hint.saying]
    return Shown(
        name=right.name,
        label=_(right.label),
        saying=str(hint.saying),
        sign=sign,
        sure=str(sure),
        means=str(means),
        amount=amount(hint),
        doubts=tuple(doubts(hint, day)),
        body=right.body,
        for_whom=_(card.for_whom),
        papers=tuple(_(paper) for paper in card.papers),
        place=place_of(card.demarche, commune),
        procedure=rooms().procedure(card.procedure),
        deadlines=rooms().deadlines(card.dates, day),
    )


def amount(hint: Hint) -> str:
    """Return how much, in words; empty when it is not known or is nothing."""
    if hint.cover:
        return str(COVERS[hint.cover])
    if hint.saying is Saying.NO or hint.high <= 0:
        return ""
    return between(hint.low, hint.high, "year" if hint.right.yearly else hint.right.unit)


def between(low: float, high: float, pace: str) -> str:
    """Return an amount or a range, at its pace."""
    held = {"low": euros(low), "high": euros(high), "pace": PACES[pace]}
    if low == high:
        return _("Environ %(high)s € %(pace)s") % held
    if low <= 0:
        return _("Jusqu’à %(high)s € %(pace)s") % held
    return _("De %(low)s à %(high)s € %(pace)s") % held


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """An aid of the place, every word ready; its own texts are French."""

    label: str
    saying: str
    sign: str
    sure: str
    amount: str
    stale: bool
    unsure: tuple[str, ...]
    aid: Aid


def local(hints: Iterable[LocalHint]) -> tuple[Local, ...]:
    """Return the aids of a place, every word ready."""
    return tuple(_local(hint) for hint in hints)


def _local(hint: LocalHint) -> Local:
    sign, sure, _means = SURE[hint.saying]
    told = hint.aid.amount
    bounds = (hint.low, hint.high)
    known = told is not None and None not in bounds and isfinite(hint.high or 0) and hint.high
    return Local(
        label=hint.aid.label,
        saying=str(hint.saying),
        sign=sign,
        sure=str(sure),
        amount=between(hint.low or 0, hint.high or 0, told.per) if told and known else "",
        stale=hint.stale,
        unsure=hint.unsure,
        aid=hint.aid,
    )


def euros(value: float) -> str:
    """Return a whole number of euros, « 1 043 »."""
    return f"{value:,.0f}".replace(",", THIN)


def doubts(hint: Hint, day: date) -> Iterable[str]:
    """Yield why a hint is less sure than it seems."""
    if hint.right.is_stale(day):
        since = french_date(hint.right.since, "j F Y")
        told = _("Calculé avec des montants du %(day)s : ils ont pu changer. C’est moins sûr.")
        yield told % {"day": since}
    if hint.right.doubt:
        yield _(hint.right.doubt)


def place_of(demarche: str, commune: str) -> str:
    """Return where places that help with a procedure are shown, the commune already chosen."""
    told = {"commune": commune} if commune else {}
    query = urlencode({**told, "besoin": "aide", "demarche": demarche})
    return f"{reverse('orientation')}?{query}#question"
