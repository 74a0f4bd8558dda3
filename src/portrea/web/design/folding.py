"""Templates read once by language: what never changes in it is text, not worked out at each page.

``{% translate "…" %}``, ``{% url "name" %}`` and ``{% static "…" %}`` without any variable become
text when a template is first asked for in a language, and neighbouring texts become one: a page is
the same, a tenth sooner.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.template import Context, NodeList, TemplateDoesNotExist
from django.template.base import TextNode
from django.template.defaulttags import IfNode, URLNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix

from portrea.web.design.languages import SIMPLE, in_force
from portrea.web.design.spacing import Spaced, spaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.template.base import FilterExpression, Node, Origin, Template


class Loader(cached.Loader):
    """Keep each template by language, folded; ``autoescape`` is on in all of them."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """Return what a template is kept under."""
        told = (super().cache_key(template_name, skip), in_force(), get_script_prefix())
        return "|".join(map(str, told))

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Return a template of the language in force; others see it once it is folded."""
        key = self.cache_key(template_name, skip)
        if key not in self.get_template_cache:
            with suppress(TemplateDoesNotExist):  # kept, and said, by the cached loader
                template = BaseLoader.get_template(self, template_name, skip)
                fold(template.nodelist, french=in_force() in {"fr", SIMPLE})
                self.get_template_cache[key] = template
        return super().get_template(template_name, skip)


def fold(nodes: NodeList, *, french: bool = False) -> None:
    """Turn what is constant in some nodes and in all those inside into text.

    In French, no line begins with a sign that belongs to the word before it.
    """
    told: list[Node] = []
    for node in nodes:
        for inside in _inside(node):
            fold(inside, french=french)
        text = _text(node)
        if text is None:
            told.append(Spaced(node) if french and isinstance(node, BlockTranslateNode) else node)
        elif told and isinstance(told[-1], TextNode):
            told[-1] = TextNode(told[-1].s + text)
        else:
            told.append(TextNode(text))
    if french:
        told = [TextNode(spaced(one.s)) if isinstance(one, TextNode) else one for one in told]
    nodes[:] = told


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if isinstance(nodes, NodeList):
            yield nodes


def _text(node: Node) -> str | None:
    """Return the text that a node always gives, ``None`` when that depends on the page."""
    if isinstance(node, TextNode):
        return node.s
    if _constant(node):
        return str(node.render(Context()))
    return None


def _constant(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        return not (node.asvar or node.message_context) and _literal(node.filter_expression)
    if isinstance(node, URLNode):
        return not (node.asvar or node.args or node.kwargs) and _literal(node.view_name)
    if isinstance(node, StaticNode):
        return not node.varname and _literal(node.path)
    return False


def _literal(expression: FilterExpression) -> bool:
    """Whether an expression is a text written in the template, without filters."""
    variable = expression.var
    written = isinstance(variable, str) or getattr(variable, "literal", None) is not None
    return written and not expression.filters
