"""How many: the published estimates, rounded and hidden by the rules of the pages."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse  # noqa: TC002 - read by ninja
from ninja import Query, Router

from portrea.steering import opendata
from portrea.steering.measures import SHOWN, words
from portrea.web.api import schemas
from portrea.web.api.answers import computed, key_after, page_content
from portrea.web.api.asked import NeedsAsked  # noqa: TC001 - read by ninja
from portrea.web.api.describing import PROBLEMS
from portrea.web.api.territories import codes_inside, single
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

router = Router(tags=["Besoins"])
BETWEEN = " "


@router.get("/needs", response={200: schemas.NeedPage, **PROBLEMS}, summary="Besoins estimés")
def needs(request: HttpRequest, asked: Query[NeedsAsked]) -> HttpResponse:
    """Les mesures d’un territoire, ou des zones d’un niveau qu’il contient, par code puis mesure.

    Un petit territoire dont le chiffre ne peut pas être publié a « status » « hidden » et aucun
    nombre. Unités : personnes, sauf « b_load » (déclarations par an).
    """
    found = single(asked.territory)
    level = asked.level or found.level.value
    codes = codes_inside(reader().computation_id, found.key, level)
    shown: Sequence[str] = [asked.measure] if asked.measure else SHOWN
    total = len(codes) * len(shown)
    start = _start(codes, shown, key_after(request, asked.after))
    stop = min(start + asked.size, total)
    items = _rows(level, codes, shown, (start, stop))
    after = f"{items[-1]['code']}{BETWEEN}{items[-1]['measure']}" if stop < total else None
    content, headers = page_content(request, items, total, after)
    return computed(request, content, headers=headers)


def _start(codes: Sequence[str], shown: Sequence[str], after: str | None) -> int:
    """Return the rank of the first estimate that follows one; areas that came or went count not."""
    if after is None:
        return 0
    code, _, measure = after.partition(BETWEEN)
    at = bisect_left(codes, code)
    known = at < len(codes) and codes[at] == code and measure in shown
    return at * len(shown) + (list(shown).index(measure) + 1 if known else 0)


def _rows(
    level: str, codes: Sequence[str], shown: Sequence[str], span: tuple[int, int]
) -> list[dict[str, Any]]:
    start, stop = span
    first = start // len(shown)
    wanted = codes[first : -(-stop // len(shown))]
    rows = list(opendata.zone_rows(reader(), level, wanted, shown))
    return [_told(row) for row in rows[start - first * len(shown) : stop - first * len(shown)]]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    said = words(row["measure"])
    return row | {"label": said.label, "definition": said.definition}
