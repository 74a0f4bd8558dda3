"""The language of a page is the first part of its address; what nobody has read yet is marked.

Nothing else tells the language: public pages set no cookie and answer alike to every browser.
"""

from __future__ import annotations

import gettext
import re
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.template.autoreload import reset_loaders
from django.utils import translation
from django.utils.translation import trans_real

from portrea.vocab.languages import (
    END,
    LANGUAGES,
    RIGHT_TO_LEFT,
    SIMPLE,
    SOURCE,
    START,
    catalogue,
    words_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portrea.vocab.languages import Words


class Version(NamedTuple):
    """The same page in a language."""

    code: str
    name: str
    direction: str
    url: str
    address: str
    current: bool


def split(path: str) -> tuple[str, str]:
    """Return the language an address tells, and the address without it."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (first, f"/{rest}") if first in LANGUAGES and first != SOURCE else (SOURCE, path)


TRANSLATED = ("/orientation/", "/droits/emporter/")
"""Where the addresses of the pages that have been translated begin."""
ALONE = frozenset({"/droits/", "/droits/effacer/"})
"""Pages that have been translated, and not those whose addresses begin alike."""


_speaking: ContextVar[str] = ContextVar("language", default=SOURCE)
VERSION = "version"
"""Name, in an address, of the version asked; the only one is :data:`SIMPLE`."""


def spoken(request: HttpRequest) -> str:
    """Return the language of a page, :data:`SIMPLE` being one."""
    language, _ = split(request.path_info)
    if language == SOURCE and request.GET.get(VERSION) == SIMPLE:
        return SIMPLE
    return language


def simple(request: HttpRequest) -> dict[str, object]:
    """Return whether a page is in simple words, and the address of the other version of it."""
    query, now = request.GET.copy(), spoken(request) == SIMPLE
    query.pop(VERSION, None)
    if not now:
        query[VERSION] = SIMPLE
    told = query.urlencode()
    return {"on": now, "url": request.path + (f"?{told}" if told else "")}


def versions(request: HttpRequest) -> list[Version]:
    """Return the page asked in each language, its query kept; none when it is in French only."""
    current, path = split(request.path_info)
    if not path.startswith(TRANSLATED) and path not in ALONE:
        return []
    query = f"?{told}" if (told := request.META.get("QUERY_STRING", "")) else ""
    root = settings.PORTREA_URL or f"{request.scheme}://{request.get_host()}"
    found = []
    for code, name in LANGUAGES.items():
        url = (path if code == SOURCE else f"/{code}{path}") + query
        direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
        found.append(Version(code, name, direction, url, root + url, code == current))
    return found


@cache
def prepare(language: str) -> None:
    """Give Django the translations of a language, once: those not read yet carry their marks."""
    from babel.messages.mofile import write_mo

    told = catalogue(language)
    buffer = BytesIO()
    write_mo(buffer, told, use_fuzzy=True)
    buffer.seek(0)
    compiled = gettext.GNUTranslations(buffer)
    fuzzy = {message.id for message in told if message.fuzzy and message.id}
    fuzzy |= {ids[0] for ids in fuzzy if isinstance(ids, tuple)}
    compiled._catalog = {  # type: ignore[attr-defined]
        key: f"{START}{text}{END}" if (key[0] if isinstance(key, tuple) else key) in fuzzy else text
        for key, text in compiled._catalog.items()  # type: ignore[attr-defined]
    }
    if language == SIMPLE:  # French, with some texts of its own
        trans_real._translations[SIMPLE] = trans_real.DjangoTranslation(SOURCE)
    trans_real.translation(language).merge(compiled)
    reset_loaders()


def in_force() -> str | None:
    """Return the language in which texts are told now, :data:`SIMPLE` being one.

    Django takes simple words for French: ``get_language`` cannot tell them from it.
    """
    told = getattr(trans_real._active, "value", None)
    if told is not None and told is trans_real._translations.get(SIMPLE):
        return SIMPLE
    return translation.get_language()


class LanguageMiddleware:
    """Speak the language of the address, and show what nobody has read yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in one language; the thread goes back to the one it had."""
        language = spoken(request)
        token = _speaking.set(language)
        try:
            if language != SOURCE:
                prepare(language)
            with translation.override(language):
                response = self.get_response(request)
        finally:
            _speaking.reset(token)
        return response if language in (SOURCE, SIMPLE) else _read(response, language)


def _read(response: HttpResponse, language: str) -> HttpResponse:
    """Show the marks of an answer."""
    kind = response.get("Content-Type", "").partition(";")[0]
    if not response.streaming and (kind.startswith("text/") or kind in _TEXTS):
        response.content = shown(response.content.decode(response.charset), kind)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
    response.headers.setdefault("Content-Language", language)
    return response


_TEXTS = ("application/json", "application/xml", "image/svg+xml")

# -- marks ----------------------------------------------------------------------------------------

NOTICE = re.compile(r"<!--a-relire-->(.*?)<!--/a-relire-->", re.DOTALL)
"""The notice of a page, kept when one of its texts has not been read."""
_BARE = re.compile(f"{START}|{END}|%EE%80%8[01]|\\\\ue00[01]", re.IGNORECASE)
_PARTS = re.compile(
    r"<!--.*?-->|<(title|script|style|textarea|option|svg)\b.*?</\1\s*>"
    rf"|<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>|{START}|{END}",
    re.DOTALL | re.IGNORECASE,
)
_OPEN, _CLOSE = '<span class="unread">', "</span>"


def shown(text: str, kind: str) -> str:
    """Return a page with its marks made visible; without them where nothing can be marked."""
    if kind != "text/html":
        return _BARE.sub("", text)
    if START not in NOTICE.sub("", text):
        return _BARE.sub("", NOTICE.sub("", text))
    depth = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal depth
        found = match[0]
        if found == START:
            depth += 1
            return _OPEN if depth == 1 else ""
        if found == END:
            depth -= 1
            return _CLOSE if depth == 0 else ""
        return _BARE.sub("", found)

    return _PARTS.sub(replaced, NOTICE.sub(r"\1", text))


def words(*, marked: bool = True) -> Words:
    """Return how sentences composed outside Django are said in the language of the page."""
    return words_in(_speaking.get(), marked=marked)
