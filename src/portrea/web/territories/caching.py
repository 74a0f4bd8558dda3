"""Pages that depend only on the computation in force: not sent again to those who have them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.views.decorators.http import condition

from portrea.base.errors import StoreError
from portrea.web import WEB_ROOT
from portrea.web.territories import selectors
from portrea.web.territories.resending import Made, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@cache
def site_digest() -> str:
    """Digest of what shapes a page besides the data: version, code and templates of the site."""
    digest = hashlib.sha256(settings.PORTREA_VERSION.encode())
    for path in sorted(p for p in WEB_ROOT.rglob("*") if p.suffix in {".html", ".py", ".css"}):
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def etag(request: HttpRequest, **_: Any) -> str | None:
    """Name the state of a page: computation, site, address."""
    try:
        computation = selectors.reader().computation_id
    except StoreError:
        return None
    address = hashlib.sha256(request.get_full_path().encode()).hexdigest()[:12]
    return f'"{computation}-{site_digest()}-{address}"'


def last_modified(_request: HttpRequest, **_: Any) -> datetime | None:
    """Return when the computation was put in force."""
    pointer = selectors.reader().store.root / "current"
    try:
        return datetime.fromtimestamp(pointer.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def published(
    view: Callable[..., HttpResponse], *, also: Callable[..., str] | None = None
) -> Callable[..., HttpResponse]:
    """Answer « not modified » while the computation in force and the site stay the same.

    Others may be sent the same page meanwhile (:mod:`portrea.web.territories.resending`).

    Parameters
    ----------
    also
        Given the arguments of the address, names whatever else shapes the page (empty: nothing).
    """
    name = f"{view.__module__}.{view.__qualname__}"

    def told(**arguments: Any) -> tuple[str, str]:
        return selectors.reader().computation_id, also(**arguments) if also else ""

    register(name, told)

    def state(request: HttpRequest, **arguments: Any) -> str | None:
        found, more = etag(request), also(**arguments) if also else ""
        if found:
            known = (selectors.reader().computation_id, more)
            request.made = Made(name, arguments, known)  # type: ignore[attr-defined]
        return f'{found[:-1]}-{more}"' if found and more else found

    def since(request: HttpRequest, **arguments: Any) -> datetime | None:
        return None if also and also(**arguments) else last_modified(request)

    conditional = condition(etag_func=state, last_modified_func=since)(view)

    def wrapped(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = conditional(request, **arguments)
        response.setdefault("Cache-Control", "public, no-cache")
        response.made = getattr(request, "made", None)  # type: ignore[attr-defined]
        return response

    wrapped.__name__, wrapped.__doc__ = view.__name__, view.__doc__
    return wrapped
