"""Texts as standards take them: NFC, straight apostrophes, one line, cut at a word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.vocab.standards import mednum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SIMPLE = re.compile(r"[!-~\u00c0-\u024f]+(?: [!-~\u00c0-\u024f]+)*")
_LINE = re.compile(r"^(.+?) : (.+)\.$")
GLUE = " ; "
LONGEST_PIECE = 300


def line(text: str | None) -> str | None:
    """Return text on one line: NFC, straight apostrophes, no control character; or ``None``."""
    if not text:
        return None
    if text.isascii() and text.isprintable():
        if "  " in text or text[0] == " " or text[-1] == " ":
            return " ".join(text.split()) or None
        return text
    if _SIMPLE.fullmatch(text):
        return text
    return " ".join(_CONTROL.sub(" ", mednum.straight(text)).split()) or None


def paragraphs(text: str | None) -> str | None:
    """Return text with its lines kept, each cleaned as :func:`line`."""
    if not text:
        return None
    if "\n" not in text and "\r" not in text:
        return line(text)
    lines = (
        line(part) or "" for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") or None


def cut(text: str, longest: int) -> str:
    """Return text of at most ``longest`` characters, cut at a word and ended by « … »."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    if not text[longest - 1].isspace():
        kept = re.sub(r"\s+\S*$", "", kept) or kept
    return kept.rstrip(" ,;:.\n") + "…"


@lru_cache(maxsize=65536)
def listed(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values that the vocabulary of a mednum field knows, once each."""
    found = (mednum.value_of(field, value) for value in values)
    return tuple(dict.fromkeys(value for value in found if value))


def joined(values: Iterable[str]) -> str | None:
    """Return values separated by bars; a bar inside a value becomes a slash."""
    cleaned = [line(value.replace(mednum.SEPARATOR, "/")) for value in values]
    if len(cleaned) < 2:
        return cleaned[0] if cleaned else None
    return mednum.SEPARATOR.join(dict.fromkeys(value for value in cleaned if value)) or None


# -- what a free text carries for readers and for the way back ------------------------------------


def with_lines(text: str | None, told: Mapping[str, Iterable[str]], longest: int) -> str | None:
    """Return a text followed by lines « Label : a ; b. », the text cut if it is too long."""
    lines = []
    for label, values in told.items():
        if not values:
            continue
        pieces = [piece for value in values if (piece := _piece(value))]
        if pieces:
            lines.append(f"{label} : {GLUE.join(pieces)}.")
    while lines and sum(map(len, lines)) + len(lines) > longest:
        lines.pop()
    end = "\n".join(lines)
    if not text:
        return end or None
    room = longest - len(end) - 2
    if not end or room < 20:
        return cut(text, longest)
    return f"{cut(text, room)}\n\n{end}"


def _piece(value: str) -> str | None:
    piece = line(value.replace(";", ","))
    return cut(piece, LONGEST_PIECE) if piece else None


def take_lines(
    text: str | None, labels: Iterable[str]
) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """Return the text without the last lines of :func:`with_lines`, and what they told."""
    known = set(labels)
    told: dict[str, tuple[str, ...]] = {}
    lines = (text or "").split("\n")
    while lines and (match := _LINE.fullmatch(lines[-1])) and match[1] in known - set(told):
        told[match[1]] = tuple(match[2].split(GLUE))
        lines.pop()
    return "\n".join(lines).rstrip("\n") or None, told
