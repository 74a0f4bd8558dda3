"""The slip as a page shows it: every word ready, what is not known said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.offer.calendar import say_date
from portrea.offer.orientation.slip import SEVERAL
from portrea.web.journeys.slip_map import slip_map
from portrea.web.journeys.slip_sharing import path_of, sharing
from portrea.web.journeys.slip_sheet import PAPERS, size_of

if TYPE_CHECKING:
    from portrea.offer.orientation.slip import Slip
    from portrea.web.journeys.slip_map import SlipMap
    from portrea.web.journeys.slip_selectors import Leaving
    from portrea.web.journeys.slip_sharing import Sharing

FORMATS = {"a4": gettext_lazy("A4 (grande feuille)"), "a6": gettext_lazy("A6 (petite fiche)")}
REFUSED = {
    "need": gettext_lazy("Ce lieu ne dit pas proposer l’aide que vous cherchez."),
    "ended": gettext_lazy("Cette permanence est finie."),
    "not_public": gettext_lazy("Ce lieu ne reçoit pas de public."),
    "unlocated": gettext_lazy("On ne sait pas où est ce lieu exactement."),
    "fauteuil": gettext_lazy("Ce lieu dit ne pas être accessible en fauteuil roulant."),
    "langue": gettext_lazy("Ce lieu ne dit pas parler la langue demandée."),
    "femmes": gettext_lazy("Ce lieu ne dit pas être réservé aux femmes."),
    "domicile": gettext_lazy("Ce lieu ne dit pas venir à domicile."),
    "soir": gettext_lazy("Ce lieu n’ouvre pas le soir."),
    "samedi": gettext_lazy("Ce lieu n’ouvre pas le samedi."),
    "far": gettext_lazy("Ce lieu est très loin du départ."),
}
MOST_PHONES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A paper size: its name, the address of the page made for it, whether it is this one."""

    label: str
    url: str
    pdf: str
    current: bool


@dataclass(frozen=True, slots=True)
class SlipPage:
    """Everything the page shows; empty words are said as unknown by the template."""

    slip: Slip
    hours: tuple[str, ...]
    called: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str, str, bool], ...]
    today: bool
    why: str
    travel: str
    refused: str
    to_confirm: bool
    street: bool
    map: SlipMap | None
    sharing: Sharing
    calendar: str
    formats: tuple[Choice, ...]
    format: str
    size: int
    bare: bool
    printed: str
    others: str
    place: str


def slip_page(told: Leaving, paper: str, manner: str = "") -> SlipPage:
    """Compose the page of a slip for a paper size; ``manner`` is how pages speak."""
    slip, size = told.slip, size_of(told, paper)
    return SlipPage(
        slip=slip,
        hours=slip.hours if slip.hours_known else (),
        called=tuple((one, tel(one)) for one in slip.phone.split(SEVERAL) if one)[:MOST_PHONES],
        numbers=tuple((p.whose, p.number, tel(p.number), p.verified) for p in slip.phones),
        today=bool(slip.coming) and slip.coming[0].day == told.wall.date(),
        why=told.why,
        travel=told.travel,
        refused=str(REFUSED.get(told.refused, "")),
        to_confirm=told.to_confirm,
        street=told.street,
        map=_map(told),
        sharing=sharing(told, manner),
        calendar=path_of("slip-calendar", slip.id, told.asked.query()) if slip.coming else "",
        formats=_formats(told, paper, manner),
        format=paper,
        size=size,
        bare=size > PAPERS[paper].drawn,
        printed=say_date(told.wall.date(), slip.words, year=True),
        others=others(told.asked.query(), manner),
        place=reverse("place", kwargs={"place_id": slip.id}),
    )


def others(*queries: str) -> str:
    """Return the address of the other places that answer the same situation."""
    query = "&".join(filter(None, queries))
    return f"{reverse('orientation')}?{query}" if query else reverse("orientation")


def tel(number: str) -> str:
    """Return a number as a link of a phone."""
    return "tel:" + "".join(c for c in number if c.isdigit() or c == "+")


def _map(told: Leaving) -> SlipMap | None:
    slip, left = told.slip, told.left
    if slip.longitude is None or slip.latitude is None or told.moves:
        return None
    start = None if left is None else (left.longitude, left.latitude)
    name = "" if left is None else _("votre position") if left.exact else left.commune.name
    return slip_map((slip.longitude, slip.latitude), start, start=name)


def _formats(told: Leaving, paper: str, manner: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            str(label),
            path_of("slip", told.slip.id, told.asked.query(), f"format={name}", manner),
            path_of("slip-pdf", told.slip.id, told.asked.query(), f"format={name}"),
            name == paper,
        )
        for name, label in FORMATS.items()
    )
