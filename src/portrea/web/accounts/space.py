"""The menu of those who are connected: each room adds its pages, the matrix says who sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.permissions import may_somewhere

if TYPE_CHECKING:
    from django.http import HttpRequest


GROUPS = {
    "mine": _("Mon espace"),
    "census": _("Recensement"),
    "field": _("Terrain"),
    "surveys": _("Enquêtes"),
    "steering": _("Pilotage"),
    "site": _("Site"),
}
"""Groups of pages, in the order of the menu."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu, shown to those who may do ``act`` somewhere, in one of the groups."""

    label: Any
    url: str
    act: str
    group: str
    order: int


_entries: dict[str, Entry] = {}


def register(label: Any, url: str, act: str, *, group: str, order: int = 50) -> None:
    """Add a page to the menu, from an ``AppConfig.ready``; the lowest ``order`` comes first."""
    if group not in GROUPS:
        raise KeyError(group)
    _entries[url] = Entry(label, url, act, group, order)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of pages that the person connected may open, and which page is open."""
    shown = sorted(_entries.values(), key=lambda entry: (entry.order, entry.url))
    allowed = [entry for entry in shown if may_somewhere(request, entry.act)]
    inside = [entry.url for entry in allowed if request.path.startswith(entry.url)]
    current = max(inside, key=len, default="")
    groups = []
    for name, label in GROUPS.items():
        pages = [
            {"label": entry.label, "url": entry.url, "current": entry.url == current}
            for entry in allowed
            if entry.group == name
        ]
        if pages:
            open_here = any(page["current"] for page in pages)
            groups.append({"label": label, "pages": pages, "current": open_here})
    return groups


register(_("Mon compte"), "/compte/", "account.own", group="mine", order=10)
register(_("Personnes et rôles"), "/compte/personnes/", "account.read", group="site", order=80)
register(_("Journal"), "/journal/", "journal.read", group="site", order=90)
