"""Answers of the open interface: JSON, its state, what is not sent again, the next page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from pydantic_core import to_json

from portrea.web.api.problems import ProblemError
from portrea.web.territories.caching import last_modified

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.http import HttpRequest

SALT = "portrea.api.page"
PAGING = ("apres", "taille")
FRESH, SHORT, NEVER = "public, no-cache", "public, max-age=60", "no-store"
"""Kept and asked again each time; kept a minute; not kept: the address says where someone is."""


def answer(
    request: HttpRequest,
    content: Any,
    *,
    status: int = 200,
    modified: datetime | None = None,
    exact: bool = False,
    cache: str = FRESH,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return JSON, or « not modified » to who has it already.

    Parameters
    ----------
    modified
        When what is told last changed.
    exact
        Whether nothing told can change without ``modified``: the date alone is then an answer to
        ``If-Modified-Since``. Otherwise only the digest of the content, ``ETag``, is.
    """
    body = to_json(content, inf_nan_mode="null")
    response = HttpResponse(body, content_type="application/json", status=status)
    response["Cache-Control"] = cache
    for name, value in (headers or {}).items():
        response[name] = value
    if status != 200 or cache == NEVER:
        return response
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    response["ETag"] = etag
    stamp = int(modified.timestamp()) if modified is not None else None
    if stamp is not None:
        response["Last-Modified"] = http_date(stamp)
    found = get_conditional_response(request, etag, stamp if exact else None, response)
    return found if found is not None else response


def computed(request: HttpRequest, content: Any, **options: Any) -> HttpResponse:
    """Return what only the computation in force tells."""
    return answer(request, content, modified=last_modified(request), exact=True, **options)


# -- pages ----------------------------------------------------------------------------------------


def scope_of(request: HttpRequest) -> str:
    """Name what is listed: everything asked but the page."""
    told = sorted((name, value) for name, value in request.GET.items() if name not in PAGING)
    return hashlib.blake2b(repr((request.path, told)).encode(), digest_size=8).hexdigest()


def cursor_after(request: HttpRequest, key: str) -> str:
    """Return what asks for the page after a key, in this list and no other."""
    return cursor_of(scope_of(request), key)


def cursor_of(scope: str, key: str) -> str:
    """Return what asks for the page after a key, in the list that ``scope`` names."""
    return signing.dumps([scope, key], salt=SALT)


def key_after(request: HttpRequest, cursor: str | None) -> str | None:
    """Return the key that a page follows, ``None`` for the first one.

    Raises
    ------
    ProblemError
        The cursor was not made here, or for another list.
    """
    return key_in(cursor, scope_of(request)) if cursor else None


def key_in(cursor: str, expected: str) -> str:
    """Return the key of a cursor of the list that ``expected`` names.

    Raises
    ------
    ProblemError
        The cursor was not made here, or for another list.
    """
    try:
        scope, key = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ProblemError(
            "parametre", "Ce curseur « apres » n’a pas été donné par ce site.",
            remedy="Reprenez la valeur « next » de la page d’avant, ou commencez sans « apres ».",
        ) from error  # fmt: skip
    if scope != expected:
        raise ProblemError(
            "parametre", "Ce curseur « apres » vient d’une autre liste.",
            remedy="Gardez les mêmes filtres d’une page à l’autre ; seule « taille » peut changer.",
        )  # fmt: skip
    return str(key)


def page_content(
    request: HttpRequest, items: Sequence[Any], total: int, after: str | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a page and its headers; ``after`` is the key of its last item, if more follow."""
    if after is None:
        return {"items": items, "total": total, "next": None, "next_url": None}, {}
    cursor = cursor_after(request, after)
    query = request.GET.copy()
    query["apres"] = cursor
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    content = {"items": items, "total": total, "next": cursor, "next_url": address}
    return content, {"Link": f'<{address}>; rel="next"'}
