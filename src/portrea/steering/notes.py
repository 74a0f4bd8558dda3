"""The method notes (``docs/methode``), as the site shows them: one page per indicator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from portrea.steering.wording import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

HEADINGS = (
    "La question",
    "La formule",
    "Les données",
    "L’erreur",
    "La validation",
    "Les limites",
    "Comment citer",
)
"""The seven headings of every note, in order; a note may have others between them."""
CONTENTS = "index"
ELSEWHERE = re.compile(r"\[([^\]]+)\]\((?!https://|[a-z0-9-]+\.md\b)[^)]*\)")
"""Links to pages that the site does not have: their words stay."""


@dataclass(frozen=True, slots=True)
class Note:
    """A method note: its address, its title, its text in safe HTML."""

    id: str
    title: str
    html: str


def note_ids() -> tuple[str, ...]:
    """Return the notes in the order of their index."""
    text = (_folder() / f"{CONTENTS}.md").read_text("utf-8")
    return tuple(re.findall(r"\]\(([a-z0-9-]+)\.md\)", text))


@cache
def read_note(name: str) -> Note | None:
    """Return one note, or ``None`` when there is none of that name."""
    if name not in note_ids():
        return None
    title, _, text = (_folder() / f"{name}.md").read_text("utf-8").partition("\n")
    text = ELSEWHERE.sub(r"\1", mark(text))
    return Note(name, mark(title.removeprefix("# ")), _markdown().render(text, {}))


def notes() -> tuple[Note, ...]:
    """Return every note, in order."""
    found = (read_note(name) for name in note_ids())
    return tuple(note for note in found if note is not None)


@cache
def _folder() -> Traversable:
    """Folder of the notes: in the installed package, else in the checkout."""
    packaged = files("portrea.steering") / "notes"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "docs" / "methode"


@cache
def _markdown() -> MarkdownIt:
    """Return a renderer of our notes: no raw HTML, tables that scroll, links that stay here."""
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    markdown.add_render_rule("th_open", _header_open)
    markdown.add_render_rule("link_open", _link_open)
    return markdown


def _table_open(
    _self: RendererHTML, tokens: Sequence[Token], rank: int, _options: OptionsDict, _env: EnvType
) -> str:
    place = sum(token.type == "table_open" for token in tokens[: rank + 1])
    titles = [tokens[i + 1].content for i in range(rank) if tokens[i].type == "heading_open"]
    return (
        f'<div class="table-scroll" role="region" aria-labelledby="tableau-{place}" tabindex="0">'
        f'<table class="data"><caption id="tableau-{place}">{escapeHtml(titles[-1])}</caption>'
    )


def _table_close(
    _self: RendererHTML, _tokens: Sequence[Token], _rank: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>\n"


def _header_open(
    _self: RendererHTML, _tokens: Sequence[Token], _rank: int, _options: OptionsDict, _env: EnvType
) -> str:
    return '<th scope="col">'


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], rank: int, options: OptionsDict, env: EnvType
) -> str:
    """Turn a link to another note into its address on the site."""
    token = tokens[rank]
    target = str(token.attrs.get("href", ""))
    token.attrs["href"] = re.sub(r"^([a-z0-9-]+)\.md", r"/methode/\1/", target)
    return self.renderToken(tokens, rank, options, env)
