"""Spaces of French: « : », « ; », « ! », « ? » and quotes stay on the line of their word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.template.base import Node
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from django.template import Context

SPACE = "\N{NO-BREAK SPACE}"
BEFORE = re.compile(r"(?<=[\w»)\]…’%>;.]) (?=[:;?!»](?![\w/=]))")
AFTER = re.compile(r"« ")


def spaced(text: str) -> str:
    """Return a text whose double signs cannot be left alone on the next line."""
    return AFTER.sub(f"«{SPACE}", BEFORE.sub(SPACE, text))


class Spaced(Node):
    """A part of a template whose words are known only with the page."""

    def __init__(self, node: Node) -> None:
        self.node, self.token = node, node.token

    def render(self, context: Context) -> SafeString:
        """Render the part, then space it."""
        return mark_safe(spaced(self.node.render(context)))  # noqa: S308 - already rendered
