"""The menu of those who are connected: each room adds its pages, the matrix says who sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.permissions import may_somewhere

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu, shown to those who may do ``act`` somewhere."""

    label: Any
    url: str
    act: str
    order: int


_entries: dict[str, Entry] = {}


def register(label: Any, url: str, act: str, *, order: int = 50) -> None:
    """Add a page to the menu, from an ``AppConfig.ready``; the lowest ``order`` comes first."""
    _entries[url] = Entry(label, url, act, order)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the pages that the person connected may open, and which one is open."""
    shown = sorted(_entries.values(), key=lambda entry: (entry.order, entry.url))
    allowed = [entry for entry in shown if may_somewhere(request, entry.act)]
    inside = [entry.url for entry in allowed if request.path.startswith(entry.url)]
    current = max(inside, key=len, default="")
    return [
        {"label": entry.label, "url": entry.url, "current": entry.url == current}
        for entry in allowed
    ]


register(_("Mon compte"), "/compte/", "account.own", order=10)
register(_("Personnes et rôles"), "/compte/personnes/", "account.read", order=80)
register(_("Journal"), "/journal/", "journal.read", order=90)
