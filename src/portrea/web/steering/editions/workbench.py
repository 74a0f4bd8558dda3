"""The workbench of the référent: what is ready by part, what is missing, where to go to fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.steering.readiness import Gravity, parts_of, remarks_on
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import may

if TYPE_CHECKING:
    from typing import Any

    from portrea.steering.readiness import Part, Remark
    from portrea.web.steering.complete.selectors import Draft


@dataclass(frozen=True, slots=True)
class Line:
    """A part: what it holds, and the pages (act, words, address) where more is gathered."""

    part: Part
    filled_at: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """The ten parts as they stand, how many are ready, what to read again, what to know."""

    lines: tuple[Line, ...]
    ready: int
    again: tuple[Remark, ...]
    known: tuple[Remark, ...]


def bench_of(draft: Draft, who: Any, territory: str) -> Bench:
    """Return the workbench of a portrait in preparation, with the pages that someone may open."""
    parts = parts_of(draft.portrait)
    remarks = remarks_on(draft.portrait, today=today_in(territory))
    return Bench(
        tuple(Line(part, _pages(part.chapter.id, who, territory)) for part in parts),
        sum(part.ready for part in parts),
        tuple(one for one in remarks if one.gravity is Gravity.READ_AGAIN),
        tuple(one for one in remarks if one.gravity is Gravity.KNOW),
    )


def _pages(chapter: str, who: Any, territory: str) -> tuple[tuple[str, str], ...]:
    where = territory.replace(":", "/")
    found: dict[str, tuple[tuple[str, str, str], ...]] = {
        "voix": (("survey.results", _("Enquêtes"), "/espace/enquetes/"),),
        "offre": (
            ("place.edit", _("Fiches des lieux"), "/espace/lieux/"),
            ("import.run", _("Importer une liste"), "/espace/imports/"),
            ("survey.results", _("Enquête auprès des acteurs"), "/espace/enquetes/"),
        ),
        "face-a-face": (
            ("scenario.save", _("Essais « Et si ? »"), "/espace/essais/"),
            ("portrait.draft", _("Zones prioritaires"), f"/acces/{where}/priorites/"),
        ),
        "partenaires": (
            ("network.read", _("Réseau des acteurs"), f"/pilotage/reseau/{where}/"),
            ("committee.read", _("Comité de pilotage"), "/espace/comite/"),
        ),
        "difficultes": (
            ("difficulty.read", _("Difficultés"), "/espace/difficultes/"),
            ("difficulty.read", _("Propositions"), "/espace/propositions/"),
        ),
        "droits": (("outcome.read", _("Zéro non-recours"), "/espace/zero-non-recours/"),),
        "actions": (
            ("recommendation.read", _("Actions recommandées"), f"/pilotage/actions/{where}/"),
            ("committee.read", _("Comité de pilotage"), "/espace/comite/"),
        ),
    }
    pages = found.get(chapter, ())
    return tuple((label, url) for act, label, url in pages if may(who, act, territory))
