"""Words of French opening hours, one by one: a text becomes tokens, each with its place."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
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
    empty = "|".join(re.escape(w) for w in sorted(words()["empty_words"], key=len, reverse=True))
    ranks = "|".join(words()["ordinals"])
    kinds = {
        **_rhythms(ranks),
        **_moments(rf"(?:{months})(?![a-z])\.?"),
        **_words_of_a_day(ranks, empty),
    }
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


def _rhythms(ranks: str) -> dict[str, str]:
    """Return the patterns of how often, and of appointments: they are tried first."""
    return {
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
    }


def _moments(month: str) -> dict[str, str]:
    """Return the patterns of parts of the year, then of times."""
    return {
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
    }


def _words_of_a_day(ranks: str, empty: str) -> dict[str, str]:
    """Return the patterns of days, parts of a day and links; the last one takes what is left."""
    return {
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
