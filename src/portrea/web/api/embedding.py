"""What other sites paste to show Portrea: a component, a frame, a link; and oEmbed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from portrea.base.errors import ParameterError
from portrea.vocab.languages import LANGUAGES, SOURCE
from portrea.web.api.stations import is_open
from portrea.web.design.languages import split
from portrea.web.offer import place_page

if TYPE_CHECKING:
    from portrea.territory import Territory

COMPONENT = "/integrer/v1/portrea-orientation.js"
"""Its address stays the same while what a page writes stays understood."""
WIDTH, HEIGHT = 600, 900
LEAST = 240
LINKS = {
    "fr": "Trouver de l’aide près de chez vous",
    "en": "Find help near you",
    "es": "Encontrar ayuda cerca de usted",
    "ar": "ابحث عن مساعدة قريبة منك",
}


@dataclass(frozen=True, slots=True)
class Snippets:
    """What to paste in a page, from the best, and the address shown beside."""

    component: str
    frame: str
    link: str
    preview: str


def snippets(root: str, territory: Territory | None, language: str) -> Snippets:
    """Return what to paste for a territory and a language."""
    query = _query(territory)
    path = _path(territory, language)
    page, framed = f"{root}{path}{query}", f"{root}/integre{path}{query}"
    words = LINKS[language]
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in _attributes(territory, language).items()
    )
    link = f'<a href="{escape(page)}"{_lang(language)}>{words}</a>'
    return Snippets(
        component=(
            f'<script src="{escape(root + COMPONENT)}" defer></script>\n'
            f"<portrea-orientation{attributes}>\n  {link}\n</portrea-orientation>"
        ),
        frame=iframe(framed, words, WIDTH, HEIGHT, width="100%"),
        link=link,
        preview=f"/integre{path}{query}",
    )


def iframe(address: str, title: str, wide: int, high: int, *, width: str = "") -> str:
    """Return a frame that any site may paste."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width or wide}" '
        f'height="{high}" loading="lazy" allow="geolocation"></iframe>'
    )


def language_of(told: str) -> str:
    """Return a language offered; French when none is told."""
    if told and told not in LANGUAGES:
        raise ParameterError(
            f"Langue refusée : « {told[:20]} ».", remedy=f"Langues : {', '.join(LANGUAGES)}."
        )
    return told or SOURCE


def _lang(language: str) -> str:
    return "" if language == SOURCE else f' lang="{language}" hreflang="{language}"'


def _attributes(territory: Territory | None, language: str) -> dict[str, str]:
    told = {}
    if territory is not None:
        told[territory.level.value] = territory.code
    if language != SOURCE:
        told["langue"] = language
    return told


def _query(territory: Territory | None) -> str:
    is_commune = territory is not None and territory.level.value == "commune"
    return f"?{urlencode({'commune': territory.code})}" if territory and is_commune else ""


def _path(territory: Territory | None, language: str) -> str:
    prefix = "" if language == SOURCE else f"/{language}"
    if territory is not None and territory.level.value == "epci":
        return f"{prefix}/orientation/epci/{territory.code}/"
    return f"{prefix}/orientation/"


# -- the component --------------------------------------------------------------------------------


@cache
def component() -> tuple[bytes, str]:
    """Return the script of the component, and its mark."""
    path = files("portrea.web.design").joinpath("static/design/js/portrea-orientation.js")
    content = path.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:24]}"'


# -- oEmbed ---------------------------------------------------------------------------------------


class NotEmbeddedError(Exception):
    """The address is not one of the pages that other sites may show."""


def oembed(address: str, root: str, hosts: tuple[str, ...], *, wide: int, high: int) -> Any:
    """Return the answer of oEmbed 1.0 for a page of this site.

    Parameters
    ----------
    address
        Page asked for.
    root
        Address of the site, without its last slash.
    hosts
        Names under which the site answers.
    wide, high
        Largest frame wanted, in pixels.

    Raises
    ------
    NotEmbeddedError
        A page of another site, one that is not shown elsewhere, or a place that is gone.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise NotEmbeddedError from None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in hosts:
        raise NotEmbeddedError
    if not is_open(parts.path):
        raise NotEmbeddedError
    title = _title(parts.path)
    query = f"?{parts.query}" if parts.query else ""
    width, height = min(WIDTH, wide), min(HEIGHT, high)
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Portrea",
        "provider_url": f"{root}/",
        "title": title,
        "width": width,
        "height": height,
        "cache_age": 86_400,
        "html": iframe(f"{root}/integre{parts.path}{query}", title, width, height),
    }


def _title(path: str) -> str:
    language, bare = split(path)
    try:
        match = resolve(bare)
    except Resolver404:
        raise NotEmbeddedError from None
    if match.url_name in {"orientation", "orientation-epci"}:
        return LINKS[language]
    if match.url_name not in ("place", "slip"):
        raise NotEmbeddedError
    try:
        place = place_page.known(match.kwargs["place_id"])
    except (place_page.NoLongerShown, place_page.Http404):
        raise NotEmbeddedError from None
    town = place.record.city
    return f"{place.record.name}, {town}" if town else str(place.record.name)


def at_most(told: str | None, usual: int) -> int:
    """Return a size asked for, in pixels."""
    if not told:
        return usual
    if not told.isdecimal() or not int(told[:6]) >= LEAST:
        raise ParameterError(
            _("Taille refusée : « %(size)s ».") % {"size": told[:20]},
            remedy=f"Demandez un nombre de pixels, {LEAST} au moins.",
        )
    return int(told[:6])
