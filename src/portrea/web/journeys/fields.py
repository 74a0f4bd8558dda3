"""The fields of the flow as HTML, made once by language: a template would spend half its time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portrea.offer.orientation.asked import Asked, Way
from portrea.web.journeys import wording

if TYPE_CHECKING:
    from portrea.offer.record import Block

_TICK = (
    '<div><input class="form-check-input" type="checkbox" id="{}-{}" name="{}" value="{}"{}{}> '
    '<label for="{}-{}">{}</label></div>'
)
_RADIO = (
    '<div><input class="form-check-input" type="radio" id="t-{}" name="besoin" value="{}"{}{}> '
    '<label for="t-{}">{}</label></div>'
)
_KEYS = SafeString(' accesskey="2"'), SafeString(' accesskey="4"')
_CHECKED, _SELECTED, _NOTHING = SafeString(" checked"), SafeString(" selected"), SafeString("")


def ticks(prefix: str, asked: Asked) -> SafeString:
    """Return the constraints to tick; identifiers begin with ``prefix``."""
    flags = {name: getattr(asked, name) for name in ("wheelchair", "evening", "saturday")}
    kept = Asked(way=asked.way, women=asked.women, home=asked.home, **flags)
    return _ticks(get_language(), prefix, kept)


def options(asked: Asked) -> SafeString:
    """Return the languages to choose from."""
    return _options(get_language(), asked.language)


def radios(asked: Asked) -> SafeString:
    """Return the needs to choose from."""
    return _radios(get_language(), asked.need)


@lru_cache(maxsize=1024)
def _ticks(_language: str | None, prefix: str, asked: Asked) -> SafeString:
    foot = ("trajet", _("Je n’ai pas de voiture"), asked.way is Way.FOOT)
    lines = [
        (
            prefix, name, name, "pied" if name == "trajet" else "oui",
            _CHECKED if ticked else _NOTHING,
            _KEYS[1] if prefix == "t" and name == "trajet" else _NOTHING,
            prefix, name, label,
        )
        for name, label, ticked in (foot, *wording.checks(asked))
    ]  # fmt: skip
    return format_html_join("", _TICK, lines)


@lru_cache(maxsize=256)
def _options(_language: str | None, chosen: str | None) -> SafeString:
    lines = [
        (code, _SELECTED if current else _NOTHING, label)
        for code, label, current in wording.languages(Asked(language=chosen))
    ]
    return format_html_join("", '<option value="{}"{}>{}</option>', lines)


@lru_cache(maxsize=64)
def _radios(_language: str | None, chosen: Block | None) -> SafeString:
    found = _NOTHING
    for rank, (need, (label, _detail)) in enumerate(wording.NEEDS.items()):
        checked = _CHECKED if need is chosen else _NOTHING
        key = _NOTHING if rank else _KEYS[0]
        found += format_html(_RADIO, need, need, checked, key, need, label)
    return found
