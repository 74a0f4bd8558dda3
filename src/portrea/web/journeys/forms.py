"""What the address of a page of the flow says: answers as closed codes, and words just typed.

The answers are :class:`~portrea.offer.orientation.asked.Asked`. Words typed are turned into a code
at once, and leave the address; the manner (language, simple words) follows the person everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from portrea.offer.orientation.asked import NONE, Asked
from portrea.offer.orientation.procedures import procedure_of
from portrea.offer.record import Block

if TYPE_CHECKING:
    from django.http import QueryDict

PLACE, WORDS, WHOLE, LIST, RANK = "ou", "mots", "tout", "liste", "rang"
MANNER = ("version",)
"""How pages speak: kept from page to page, whatever is asked (the language is in the path)."""
LONGEST = 160
LONGEST_MANNER = 10
DIGITS = 5
TITLE = "#question"
YES = "oui"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An address read.

    ``place`` and ``words`` are typed and not yet understood; ``whole`` tells that every question
    was asked at once; ``manner`` is the query string of the simple version; ``base`` the address
    of the flow in the language of the page.
    """

    asked: Asked
    base: str = "/orientation/"
    place: str = ""
    words: str = ""
    whole: bool = False
    listed: bool = False
    rank: int = 0
    manner: str = ""

    def query(self, asked: Asked, **more: str) -> str:
        """Return the query string of a state, in the same manner."""
        parts = (asked.query(), urlencode(more), self.manner)
        return "&".join(part for part in parts if part)

    def link(self, asked: Asked, **more: str) -> str:
        """Return the address of a state: its page opens on the title of the question."""
        return f"{self.base}?{self.query(asked, **more)}{TITLE}"

    def hidden(self, asked: Asked) -> tuple[tuple[str, str], ...]:
        """Return a state as the hidden fields of a form."""
        return tuple(parse_qsl(self.query(asked)))


def read(query: QueryDict) -> Read:
    """Read an address; :class:`~portrea.base.errors.ParameterError` for what is not offered."""
    asked = Asked.of({name: query.getlist(name) for name in query})
    place, words, whole = _typed(query, PLACE), _typed(query, WORDS), query.get(WHOLE) == YES
    if whole and not place:
        asked = replace(asked, commune=None, point=None)
    if whole and not words:
        asked = replace(asked, procedure=None)
    return Read(
        asked=asked,
        base=reverse("orientation"),
        place=place,
        words=words,
        whole=whole,
        listed=query.get(LIST) == YES,
        rank=_rank(query.get(RANK, "")),
        manner=manner_of(query),
    )


def manner_of(query: QueryDict) -> str:
    """Return the query string of the language and of the simple version."""
    told = {name: query[name] for name in MANNER if 0 < len(query.get(name, "")) < LONGEST_MANNER}
    return urlencode(told)


def with_procedure(asked: Asked, code: str) -> Asked:
    """Return the situation with a procedure chosen; its own need speaks unless another was told."""
    need = NONE if code == NONE else procedure_of(code).need
    if asked.need in (None, Block.AIDE) and need != NONE:
        return replace(asked, need=Block(need), procedure=code)
    return replace(asked, procedure=code)


def completed(asked: Asked) -> Asked:
    """Return a situation asked at once: what was left empty is answered « none »."""
    procedure = asked.procedure
    if procedure is None and asked.need is Block.AIDE:
        procedure = NONE
    return replace(asked, procedure=procedure, seen=True)


def _rank(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def _typed(query: QueryDict, name: str) -> str:
    text = query.get(name, "")[:LONGEST]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
