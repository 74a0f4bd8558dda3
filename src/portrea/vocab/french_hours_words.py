"""Words of French opening hours: a text becomes items (days, spans, « sauf », « fermé »…).

Nothing is interpreted here but each word; what is not known is an :class:`Item` ``unknown``, which
keeps its place in the text so that it can be shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MIDNIGHT = 24 * 60
ALL_DAYS = tuple(range(7))


@cache
def words() -> dict[str, Any]:
    """Return the dated words and thresholds shipped with Portrea."""
    text = files("portrea.vocab").joinpath("french_hours.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@dataclass(frozen=True, slots=True)
class Token:
    """One word, with its place in the text. ``value`` depends on the kind."""

    kind: str
    value: Any
    start: int
    end: int


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


# -- spelling -------------------------------------------------------------------------------------

_ENGLISH = dict(zip(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), NAMES, strict=True))
_FLAT = {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "\r": "\n", "\t": " ", "•": "|"}


def clean(text: str) -> str:
    """Return a text without entities, OSM day names in French."""
    unescaped = html.unescape(text).strip()
    return re.sub(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b", lambda m: _ENGLISH[m[1]], unescaped)


def flat(text: str) -> str:
    """Return a text of the same length without accents nor capitals."""
    return "".join(_flat_character(character) for character in text)


def _flat_character(character: str) -> str:
    if character in _FLAT:
        return _FLAT[character]
    if character != "\n" and character.isspace():
        return " "
    lowered = unicodedata.normalize("NFD", character)[0].lower()
    return lowered[0]


# -- tokens ---------------------------------------------------------------------------------------

_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?"
_SHORT = r"(?:lun|mar|mer|jeu|ven|sam|dim)"
_H = r"h(?:eures?|rs?)?"
_RDV = r"(?:rendez[- ]?vous|r\.?d\.?v\.?|rendez[- ]vs)"
_ONLY = r"(?:uniquement|seulement|exclusivement)"
_WITH = r"(?:pendant|durant|lors\s+de|au\s+cours\s+de|en|dans)"


@cache
def _lexer() -> re.Pattern[str]:
    months = "|".join(sorted(words()["months"], key=len, reverse=True))
    month = rf"(?:{months})(?![a-z])\.?"
    empty = "|".join(re.escape(w) for w in sorted(words()["empty_words"], key=len, reverse=True))
    ranks = "|".join(words()["ordinals"])
    kinds = {
        "blank": r" +",
        "line": r"\n+",
        "always": rf"24\s*(?:{_H})?\s*(?:/|sur)\s*24(?:\s*h)?(?!\d)",
        "daily": r"7\s*j(?:ours?)?\s*(?:/|sur)\s*7(?:\s*j(?:ours?)?)?(?![a-z\d])"
        r"|tous\s+les\s+jours(?!\s+(?:de\s+la|du|ou)(?![a-z]))|chaque\s+jour(?![a-z])",
        "weekend": r"week[- ]?ends?(?![a-z])",
        "weekdays": r"en\s+semaine(?![a-z])",
        "fortnight": r"(?:une|1)\s+semaines?\s*(?:sur|/)\s*(?:deux|2)(?!\d)"
        r"|tou[ts]\s+les\s+(?:15|quinze)\s+jours|toutes\s+les\s+(?:deux|2)\s+semaines"
        r"|(?<=i )sur\s+(?:deux|2)(?!\s*\d)",
        "phone": r"0\d(?:[ .-]?\d{2}){4}(?!\d)",
        "every": rf"(?:tou[ts]\s+les|chaque)(?=\s+(?:{_DAY}|{_SHORT}|\d|{ranks}|week))",
        "one": rf"(?:un|1)(?=\s+{_DAY}\s+sur\s+(?:deux|2))",
        "odd": r"(?:en\s+|les\s+)?semaines?\s+impaires?",
        "even": r"(?:en\s+|les\s+)?semaines?\s+paires?",
        "both": rf"avec\s+ou\s+sans\s+{_RDV}",
        "free": rf"sans\s+{_RDV}",
        "also": rf"(?:et\s*/\s*ou|ou)\s+(?:sur|avec)\s+{_RDV}",
        "rdv": rf"(?:{_ONLY}\s+)?(?:sur|avec)\s+(?:prise\s+de\s+)?{_RDV}(?:\s+{_ONLY})?",
        "school": rf"(?:{_WITH}\s+)?(?:la\s+|les\s+)?periodes?\s+scolaires?"
        r"|(?:en\s+)?temps\s+scolaire|pendant\s+l'annee\s+scolaire|semaines?\s+scolaires?",
        "holidays": rf"(?:{_WITH}\s+)?(?:toutes\s+)?(?:les\s+|la\s+|des\s+)?"
        r"(?:periodes?\s+(?:de|des)\s+)?(?:vacances|conges)\s+scolaires?",
        "feasts": rf"(?:{_WITH}\s+)?(?:les\s+)?(?:jours?\s+)?feries?(?![a-z])",
        "fortnight_of": r"(?:la\s+)?(premiere|1ere|deuxieme|seconde|2eme|2e)\s+quinzaine\s+"
        rf"(?:de\s+|d'\s*)({month})",
        "date": rf"(\d{{1,2}})(?:\s*er)?\s+({month})",
        "month": rf"(?:{_WITH}\s+)?(?:(?:le\s+|au\s+)?mois\s+(?:de\s+|d'\s*))?({month})",
        "time": rf"(\d{{1,2}})\s*{_H}(?:\s*(\d{{2}})(?!\s*h(?:eures?)?(?![a-z])|\d))?"
        r"|(\d{1,2})\s*:\s*(\d{2})(?::\d{2})?(?!\d)|(\d{1,2})\.(\d{2})(?!\.?\d)",
        "noon": r"midi(?![a-z])",
        "midnight": r"minuit(?![a-z])",
        "monthly": r"(?:du|de\s+chaque|chaque|de\s+tous\s+les)\s+mois(?![a-z])",
        "rank": rf"(?:\d\s*(?:ers?|eres?|emes?|iemes?|nde?|e)|{ranks})(?![a-z])",
        "day": rf"{_DAY}(?![a-z])|{_SHORT}(?![a-z])\.?",
        "morning": r"(?:matins?|matinees?)(?![a-z])",
        "afternoon": r"apres?[- ]?midis?(?![a-z])|aprem(?![a-z])",
        "evening": r"soir(?:ee)?s?(?![a-z])",
        "except": r"(?:sauf|excepte[es]*|hormis|hors|a\s+l'exception\s+d[eu]s?)(?![a-z])",
        "closed": r"(?:(?:est|sera)\s+)?ferm(?:e|ee|es|ees|eture|etures)(?:\(e\))?(?![a-z])"
        r"(?:\s+au\s+public)?(?:\s+toute\s+la\s+journee)?|off(?![a-z])|closed(?![a-z])",
        "from": r"du(?![a-z])|de(?![a-z])",
        "to": r"(?:jusqu'\s*)?(?:au|a)(?![a-z])",
        "and": r"et(?![a-z])|puis(?![a-z])|ainsi\s+que(?![a-z])|[,&+]",
        "stop": r"[;.|]",
        "colon": r":",
        "slash": r"/+|_|[\"«»*]",
        "dash": r"-+(?:>)?",
        "open": r"[(\[]",
        "close": r"[)\]]",
        "number": r"\d{1,2}(?!\d)",
        "empty": rf"(?:{empty})(?<!')(?![a-z])|(?:l|d)'",
        "unknown": r"[a-z\d][a-z\d'-]*|.",
    }
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


def tokens_of(text: str) -> list[Token]:
    """Return the words of a cleaned text, blanks left out."""
    found = []
    for match in _lexer().finditer(flat(text)):
        kind = match.lastgroup or "unknown"
        if kind != "blank":
            value = _value(kind, match)
            if value is None:
                kind = "unknown"
            found.append(Token(kind, value, match.start(), match.end()))
    return found


def _value(kind: str, match: re.Match[str]) -> Any:
    said = match[kind]
    inner = [group for group in match.groups()[match.re.groupindex[kind] :] if group is not None]
    read = _VALUES.get(kind)
    return read(said, inner) if read else said


def _day_named(said: str) -> int:
    return next(rank for rank, name in enumerate(NAMES) if name.startswith(said[:3]))


def _rank(number: int) -> int | None:
    return number if 1 <= number <= 5 else None


def _clock(parts: list[str]) -> int | None:
    hours, minutes = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
    return hours * 60 + minutes if minutes < 60 and hours * 60 + minutes <= MIDNIGHT else None


def _month(parts: list[str]) -> str:
    name: str = words()["months"][parts[-1].rstrip(".")]
    return name


def _day_of_month(parts: list[str]) -> str | None:
    return f"{_month(parts)} {int(parts[0]):02d}" if 1 <= int(parts[0]) <= 31 else None


def _half_month(parts: list[str]) -> str:
    month = _month(parts)
    first = parts[0].startswith(("premiere", "1"))
    last = {"Feb": "29"}.get(month, "30" if month in ("Apr", "Jun", "Sep", "Nov") else "31")
    return f"{month} 01-15" if first else f"{month} 16-{last}"


_VALUES: dict[str, Callable[[str, list[str]], Any]] = {
    "time": lambda _, parts: _clock(parts[:2]),
    "noon": lambda *_: MIDNIGHT // 2,
    "midnight": lambda *_: MIDNIGHT,
    "day": lambda said, _: _day_named(said),
    "rank": lambda said, _: words()["ordinals"].get(said) or _rank(int(said[0])),
    "number": lambda said, _: int(said),
    "month": lambda _, parts: _month(parts),
    "date": lambda _, parts: _day_of_month(parts),
    "fortnight_of": lambda _, parts: _half_month(parts),
}


# -- items ----------------------------------------------------------------------------------------

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
