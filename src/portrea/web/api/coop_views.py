"""Records of activity by the contract of the Coop: JSON:API, page after page, with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_safe

from portrea.action.activity_records import write_coop
from portrea.web.accounts.throttling import throttle
from portrea.web.action.log.selectors import records_in
from portrea.web.action.records import activity_of
from portrea.web.api.answers import NEVER, answer, cursor_of, key_in
from portrea.web.api.keys import allowed, key_of_secret
from portrea.web.api.problems import ProblemError, problem_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from portrea.web.action.models import Record
    from portrea.web.api.models import ApiKey

ACT = "activity.exchange"
MOST, RATE = 500, "1000/h"
TYPE = "activite"
CONTENT_TYPE = "application/vnd.api+json"
_NAMES = ("page[after]", "page[size]")


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """Send a page of the records of the territory of a key, the oldest written first."""
    try:
        key = _key(request)
        size, after = _asked(request)
    except ProblemError as problem:
        return problem_response(request, problem)
    rows = list(records_in(key.territory).filter(pk__gt=after).order_by("pk")[: size + 1])
    content = _page(request, rows[:size], more=len(rows) > size)
    response = answer(request, content, cache=NEVER)
    response["Content-Type"] = CONTENT_TYPE
    return response


def _key(request: HttpRequest) -> ApiKey:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    key = key_of_secret(secret[:200]) if kind.lower() == "bearer" else None
    if key is None:
        raise ProblemError(
            "cle", "La clé manque, est inconnue, révoquée ou expirée.",
            headers={"WWW-Authenticate": 'Bearer realm="Portrea"'},
        )  # fmt: skip
    if not allowed(key, ACT):
        raise ProblemError("droit", "Cette clé ne permet pas de lire l’activité.")
    count = throttle(f"api-coop:{key.pk}", RATE)
    if not count:
        raise ProblemError(
            "limite", f"Attendez {count.wait} secondes.", headers={"Retry-After": str(count.wait)}
        )
    return key


def _asked(request: HttpRequest) -> tuple[int, int]:
    """Return how many records a page has, and the one that it follows."""
    strange = [name for name in request.GET if name not in _NAMES]
    if strange:
        raise ProblemError(
            "parametre", f"Le paramètre « {strange[0][:80]} » n’existe pas ici.",
            remedy=f"Paramètres : {', '.join(_NAMES)}.",
        )  # fmt: skip
    told = request.GET.get("page[size]", str(MOST))
    if not (told.isascii() and told.isdecimal() and 1 <= int(told[:9]) <= MOST):
        raise ProblemError("parametre", f"« page[size] » va de 1 à {MOST}.")
    cursor = request.GET.get("page[after]")
    return int(told), int(key_in(cursor, TYPE)) if cursor else 0


def _page(request: HttpRequest, rows: Sequence[Record], *, more: bool) -> dict[str, Any]:
    following = None
    if more:
        query = request.GET.copy()
        query["page[after]"] = cursor_of(TYPE, str(rows[-1].pk))
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"data": [_told(row) for row in rows], "links": {"next": following}}


def _told(row: Record) -> dict[str, Any]:
    attributes = write_coop(activity_of(row)) | {"creation": row.created}
    return {"type": TYPE, "id": str(row.uuid), "attributes": attributes}
