"""French opening hours as items: days, spans, exceptions, closings.

Nothing is interpreted here but each group of words; what is not known is an :class:`Item`
``unknown``, which keeps its place in the text so that it can be shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.vocab.french_hours_tokens import ALL_DAYS, MIDNIGHT, tokens_of, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.vocab.french_hours_tokens import Token


@dataclass(slots=True)
class Item:
    """One thing told: kind ``days``, ``spans``, ``single``, ``half``, ``scope``, ``unknown``.

    ``days`` hold (day, rank in the month or ``None``); ``spans`` hold (start, end) in minutes.
    """

    kind: str
    start: int
    end: int
    value: Any = None
    guessed: bool = False
    days: list[tuple[int, int | None]] = field(default_factory=list)


_CALENDAR = {"daily": ALL_DAYS, "weekend": (5, 6), "weekdays": (0, 1, 2, 3, 4)}
_PLAIN = {
    "line": "break", "stop": "break", "colon": "colon", "open": "open", "close": "close",
    "morning": "half", "afternoon": "half", "evening": "half", "except": "except",
    "closed": "closed", "rdv": "rdv", "also": "also", "free": "free",
    "fortnight": "weeks", "odd": "weeks", "even": "weeks", "school": "scope",
    "holidays": "scope", "feasts": "scope",
}  # fmt: skip
_WHICH = {
    "morning": "matin", "afternoon": "après-midi", "evening": "soir",
    "school": "school", "holidays": "SH", "feasts": "PH",
}  # fmt: skip
_DROPPED = {"from", "to", "and", "slash", "dash", "empty", "both", "one", "every"}
_TIMES = {"time", "noon", "midnight"}


def items_of(text: str) -> list[Item]:
    """Return what a cleaned text tells, in its order."""
    tokens = tokens_of(text)
    found: list[Item] = []
    position = 0
    while position < len(tokens):
        item, position = _next_item(tokens, position)
        if item is not None:
            found.append(item)
    return _joined_unknowns(found, text)


def _next_item(tokens: list[Token], at: int) -> tuple[Item | None, int]:
    token = tokens[at]
    reader = _READERS.get(token.kind)
    if reader and (read := reader(tokens, at)):
        return read
    if token.kind in _DROPPED:
        return None, at + 1
    if token.kind == "always":
        return Item("spans", token.start, token.end, [(0, MIDNIGHT)]), at + 1
    kind = _PLAIN.get(token.kind, "unknown")
    value = _WHICH.get(token.kind, token.kind if kind == "weeks" else None)
    return Item(kind, token.start, token.end, value), at + 1


def _joined_unknowns(items: list[Item], text: str) -> list[Item]:
    """Join unknown words that only empty words part, so that they are shown as they were said."""
    kept: list[Item] = []
    for item in items:
        last = kept[-1] if kept else None
        near = last is not None and not re.search(r"[\n,;.|()/:-]", text[last.end : item.start])
        if item.kind == "unknown" and last and last.kind == "unknown" and near:
            last.end = item.end
        else:
            kept.append(item)
    return kept


def _read_days(tokens: list[Token], at: int) -> tuple[Item, int] | None:
    """Read « lundi, mardi et jeudi », « du lundi au vendredi », « 2e et 4e jeudi du mois »."""
    groups: list[tuple[tuple[int, ...], tuple[int | None, ...]]] = []
    links: list[str] = []
    start, end, position = tokens[at].start, tokens[at].end, at
    while True:
        read = _read_group(tokens, position)
        if read is None:
            break
        groups.append(read[0])
        end, position = tokens[read[1] - 1].end, read[1]
        link, following = _link(tokens, position)
        if following is None or link is None:
            break
        links.append(link)
        position = following
    if not groups:
        return None
    ranked = any(ranks != (None,) for _, ranks in groups)
    closing = len(groups) - 1
    del links[closing:]
    after = _position_after(tokens, end)
    if ranked and after < len(tokens) and tokens[after].kind == "monthly":
        end, after = tokens[after].end, after + 1
    item = Item("days", start, end, days=_expand(groups, links))
    item.guessed = links.count("dash") == 1 and len(groups) == 2
    return item, after


def _position_after(tokens: list[Token], end: int) -> int:
    return next((rank for rank, token in enumerate(tokens) if token.start >= end), len(tokens))


def _read_group(
    tokens: list[Token], at: int
) -> tuple[tuple[tuple[int, ...], tuple[int | None, ...]], int] | None:
    """Read one day, with its ranks in the month when told."""
    ranks: list[int | None] = []
    while at < len(tokens) and tokens[at].kind == "rank":
        ranks.append(tokens[at].value)
        at += 1
        while at + 1 < len(tokens) and tokens[at].kind in ("and", "empty", "dash", "slash"):
            if not any(t.kind == "rank" for t in tokens[at + 1 : at + 3]):
                break
            at += 1
    if at >= len(tokens) or tokens[at].kind not in {"day", *_CALENDAR}:
        return None
    token = tokens[at]
    days = _CALENDAR.get(token.kind, (token.value,))
    if ranks and token.kind != "day":
        return None
    return (tuple(days), tuple(ranks) or (None,)), at + 1


def _link(tokens: list[Token], at: int) -> tuple[str | None, int | None]:
    """Return how a day is linked to the next one, and where that one begins."""
    link = "none"
    while at < len(tokens):
        kind = tokens[at].kind
        if kind in {"day", "rank", *_CALENDAR}:
            return link, at
        if kind in ("and", "slash", "dash", "to"):
            if link not in ("none", "and"):
                return None, None
            link = kind
        elif kind != "every" and tokens[at].value not in ("le", "les", "du", "de"):
            return None, None
        at += 1
    return None, None


def _expand(
    groups: list[tuple[tuple[int, ...], tuple[int | None, ...]]], links: list[str]
) -> list[tuple[int, int | None]]:
    found: list[tuple[int, int | None]] = []
    dashes = links.count("dash")
    for rank, (days, ranks) in enumerate(groups):
        link = links[rank - 1] if rank else "none"
        ranged = link == "to" or (link == "dash" and dashes == 1)
        if ranged and len(days) == 1 and ranks == (None,) and found and found[-1][1] is None:
            first, last = found[-1][0] + 1, days[0]
            chosen = range(first, last + 1 if last >= first - 1 else last + 8)
            found += [(day % 7, None) for day in chosen]
        else:
            found += [(day, number) for day in days for number in ranks]
    return list(dict.fromkeys(found))


def _read_spans(tokens: list[Token], at: int) -> tuple[Item, int] | None:
    """Read « 9h-12h et de 14h à 17h30 »; a time alone is ``single``, a fault ``unknown``."""
    spans: list[tuple[int, int]] = []
    start, position, guessed = tokens[at].start, at, False
    end = tokens[at].end
    while True:
        read = _read_span(tokens, position)
        if read is None:
            break
        span, position, bare = read
        end, guessed = tokens[position - 1].end, guessed or bare
        spans.append(span)
        following = _next_time(tokens, position)
        if following is None:
            return _spans_item(spans, start, end, guessed), position
        position = following
    alone = tokens[position]
    if alone.kind not in _TIMES:
        return (_spans_item(spans, start, end, guessed), position) if spans else None
    kind = "unknown" if spans else "single"
    return Item(kind, start, alone.end, alone.value), position + 1


def _spans_item(spans: list[tuple[int, int]], start: int, end: int, guessed: bool) -> Item:
    told = list(dict.fromkeys(span for span in spans if span != (0, 0)))
    sound = all(first < last for first, last in told)
    apart = all(a[1] <= b[0] for a, b in zip(sorted(told), sorted(told)[1:], strict=False))
    return Item("spans" if sound and apart else "unknown", start, end, told, guessed)


_JOINTS = ("dash", "slash", "to")


def _read_span(tokens: list[Token], at: int) -> tuple[tuple[int, int], int, bool] | None:
    first = tokens[at]
    position = at + 1
    while position < min(len(tokens), at + 3) and tokens[position].kind in _JOINTS:
        position += 1
    linked = position > at + 1
    if position >= len(tokens):
        return None
    last = tokens[position]
    bare = "number" in (first.kind, last.kind)
    if not _paired(tokens, at, first, last, linked):
        return None
    begins, ends = (
        token.value * 60 if token.kind == "number" else token.value for token in (first, last)
    )
    if begins == MIDNIGHT:
        begins = 0
    if ends == 0 and begins > 0:
        ends = MIDNIGHT
    return (begins, ends), position + 1, bare or not linked


def _paired(tokens: list[Token], at: int, first: Token, last: Token, linked: bool) -> bool:
    """Whether two times make a span: « 9h-12h », « 9h 12h », « 10-12h », « de 10 à 12 »."""
    if first.kind in _TIMES and last.kind in _TIMES:
        return True
    kinds = _TIMES | {"number"}
    if not linked or first.kind not in kinds or last.kind not in kinds:
        return False
    if any(token.kind == "number" and token.value > 24 for token in (first, last)):
        return False
    if first.kind == last.kind == "number":
        said = at > 0 and tokens[at - 1].value == "de" and tokens[at + 1].kind == "to"
        return said or bool(tokens[at + 1].kind == "dash" and 6 <= first.value < last.value <= 23)
    return True


def _next_time(tokens: list[Token], at: int) -> int | None:
    """Return where the next span of the same day begins, when only separators are between."""
    joints = ("and", "slash", "dash", "from", "stop", "empty")
    while at < len(tokens) and tokens[at].kind in joints:
        if tokens[at].kind == "empty" and tokens[at].value not in ("de", "du"):
            return None
        at += 1
    if at < len(tokens) and tokens[at].kind in _TIMES:
        return at
    if at < len(tokens) and tokens[at].kind == "number" and _read_span(tokens, at):
        return at
    return None


def _read_months(tokens: list[Token], at: int) -> tuple[Item, int]:
    """Read « en août », « juillet et août », « du 1er juin au 31 août »."""
    first = tokens[at]
    if first.kind == "fortnight_of":
        return Item("scope", first.start, first.end, first.value), at + 1
    if at + 2 < len(tokens) and tokens[at + 2].kind == first.kind:
        link = tokens[at + 1].kind
        if link in ("to", "dash", "and"):
            last = tokens[at + 2]
            joint = "," if link == "and" and not _next_month(first, last) else "-"
            return Item("scope", first.start, last.end, f"{first.value}{joint}{last.value}"), at + 3
    return Item("scope", first.start, first.end, first.value), at + 1


def _next_month(first: Token, last: Token) -> bool:
    months = list(dict.fromkeys(words()["months"].values()))
    if first.value not in months or last.value not in months:
        return False
    return bool(months.index(last.value) == months.index(first.value) + 1)


_READERS: dict[str, Callable[[list[Token], int], tuple[Item, int] | None]] = {
    **dict.fromkeys(("day", "rank", *_CALENDAR), _read_days),
    **dict.fromkeys((*_TIMES, "number"), _read_spans),
    **dict.fromkeys(("month", "date", "fortnight_of"), _read_months),
}
