"""Texts that people write beside the figures: plain paragraphs and lists, compared word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BULLET = "• "
"""How a point of a list begins, once read."""
SAME, OUT, IN = "=", "-", "+"
_POINT = re.compile(r"^\s*[-*•–](\s+|$)")
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")

Piece = tuple[str, str]
"""What becomes of some words (:data:`SAME`, :data:`OUT`, :data:`IN`), and the words."""


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text as typed; a point of a list is one that begins by a bullet.

    A blank line ends a paragraph, a line that begins by a dash or a star begins a point; any other
    line goes on with what is before it. Nothing is markup: a tag stays the letters typed.
    """
    found: list[str] = []
    going = False
    for line in text.splitlines():
        point = _POINT.match(line)
        words = _POINT.sub("", " ".join(line.split()))
        if not words:
            going = False
        elif point:
            found.append(BULLET + words)
            going = True
        elif going:
            found[-1] = f"{found[-1]} {words}"
        else:
            found.append(words)
            going = True
    return tuple(found)


def typed(told: Sequence[str]) -> str:
    """Return paragraphs as they are typed: what :func:`paragraphs` reads back the same."""
    lines: list[str] = []
    for rank, one in enumerate(told):
        point = one.startswith(BULLET)
        if rank and not (point and told[rank - 1].startswith(BULLET)):
            lines.append("")
        lines.append(f"- {one.removeprefix(BULLET)}" if point else one)
    return "\n".join(lines)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the words of two texts in one: those that stay, those taken out, those put in."""
    return tuple(_merged(_raw(_TOKEN.findall(before), _TOKEN.findall(after))))


def _raw(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, i, j, k, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield SAME, "".join(before[i:j])
            continue
        yield OUT, "".join(before[i:j])
        yield IN, "".join(after[k:n])


def _merged(raw: Iterator[Piece]) -> Iterator[Piece]:
    kept: Piece | None = None
    for kind, words in raw:
        if not words:
            continue
        if kept and kept[0] == kind:
            kept = (kind, kept[1] + words)
            continue
        if kept:
            yield kept
        kept = (kind, words)
    if kept:
        yield kept
