"""Template tags: the menu of those who are connected, what is kept about people."""

from __future__ import annotations

from typing import Any

from django import template

from portrea.web.accounts.retention import Entry, registry
from portrea.web.accounts.space import menu

register = template.Library()


@register.inclusion_tag("accounts/space/_menu.html", takes_context=True)
def space_menu(context: dict[str, Any]) -> dict[str, Any]:
    """Show the pages that the person connected may open, and the way out."""
    request = context["request"]
    return {"groups": menu(request), "csrf_token": context["csrf_token"]}


@register.simple_tag
def kept_about_people() -> tuple[Entry, ...]:
    """Return every entry of the retention registry: what, why, how long, and then what."""
    return registry()
