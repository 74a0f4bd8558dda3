"""French grammar of names, numbers and lists: articles, elision, plurals, durations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE
from portrea.steering.display import NO_BREAK_SPACE, parameters
from portrea.territory.naming import of_commune, typographic

if TYPE_CHECKING:
    from collections.abc import Sequence

_ARTICLES = {"Le ": ("du ", "au "), "Les ": ("des ", "aux ")}
_DEFINITE = {
    "le": ("du ", "dans le "),
    "la": ("de la ", "dans la "),
    "les": ("des ", "dans les "),
    "l’": ("de l’", "dans l’"),
}
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
LEVEL_NAMES = {
    "iris": ("quartier (IRIS)", "quartiers (IRIS)"),
    "commune": ("commune", "communes"),
    "epci": ("intercommunalité", "intercommunalités"),
    "departement": ("département", "départements"),
    "region": ("région", "régions"),
    "france": ("France", "France"),
    "qpv": ("quartier prioritaire", "quartiers prioritaires"),
    "selection": ("territoire", "territoires"),
}
HERE = {
    "iris": "dans le quartier",
    "qpv": "dans le quartier",
    "commune": "dans la commune",
    "epci": "dans l’intercommunalité",
    "departement": "dans le département",
    "region": "dans la région",
    "france": "en France",
    "selection": "sur ce territoire",
}
"""Place words once the territory has been named."""


_SAYS_ITS_KIND = re.compile(r"agglomération|agglo|communauté|métropole", re.IGNORECASE)
_COMPLEMENT = re.compile(r"(de |du |des |d’|de la |de l’)")


@dataclass(frozen=True, slots=True)
class Name:
    """A territory's name with its grammar: ``of`` (« d’Iffendic »), ``at`` (« à Iffendic »)."""

    plain: str
    of: str
    at: str

    @property
    def short(self) -> str:
        """Name for a narrow place: « CC de Brocéliande »."""
        for letters, words in parameters("names")["epci_prefixes"].items():
            noun = words.split(" ", 1)[1]
            if self.plain.casefold().startswith(noun):
                return f"{letters}{self.plain[len(noun) :]}"
        return self.plain


@cache
def territory_name(level: str, code: str, name: str) -> Name:
    """Return the grammar of a territory's name."""
    name = typographic(name)
    if level == "iris":
        quoted = f"quartier «{NO_BREAK_SPACE}{name}{NO_BREAK_SPACE}»"
        return Name(name, f"du {quoted}", f"dans le {quoted}")
    if level == "qpv":
        quoted = f"quartier prioritaire «{NO_BREAK_SPACE}{name}{NO_BREAK_SPACE}»"
        return Name(name, f"du {quoted}", f"dans le {quoted}")
    if level == "france":
        if not name.startswith("France"):
            return Name(name, f"des {uncapitalised(name)}", f"dans les {uncapitalised(name)}")
        return Name(name, f"de la {name}", f"en {name}")
    if level in ("departement", "region"):
        return _with_table(level, code, name)
    return _epci(name) if level == "epci" else _town(name, code)


def _town(name: str, code: str = "") -> Name:
    of = of_commune(name, code)
    for article, (_, at) in _ARTICLES.items():
        if name.startswith(article):
            return Name(name, of, at + name[len(article) :])
    return Name(name, of, f"à {name}")


def _epci(name: str) -> Name:
    prefixes: dict[str, str] = parameters("names")["epci_prefixes"]
    abbreviation, _, rest = name.partition(" ")
    for letters, words in prefixes.items():
        noun = words.split(" ", 1)[1]
        if abbreviation != letters and not name.casefold().startswith(f"{noun} "):
            continue
        proper = rest if abbreviation == letters else name[len(noun) + 1 :]
        if _SAYS_ITS_KIND.search(proper) and not _COMPLEMENT.match(proper):
            return _town(proper)
        return _common_noun(f"{words} {proper}")
    if name.casefold().startswith("métropole "):
        return _common_noun(f"la {name[0].lower()}{name[1:]}")
    return _town(name)


def _common_noun(words: str) -> Name:
    article, rest = words.split(" ", 1)
    of, at = _DEFINITE[article]
    return Name(f"{rest[0].upper()}{rest[1:]}", of + rest, at + rest)


def _with_table(level: str, code: str, name: str) -> Name:
    table = parameters("names")
    articles = table[f"{level}s"]
    article = next((a for a, codes in articles.items() if code in codes), "none")
    of, at = _DEFINITE.get(article, (of_commune(name).removesuffix(name), "en "))
    if code in table["in_at"].get(level, ()):
        at = "à "
    elif code in table["in_en"].get(level, ()):
        at = "en "
    return Name(name, of + name, at + name)


def level_name(level: str, count: int = 1) -> str:
    """Name a level in French, plural from 2: ``commune``, ``communes``."""
    return LEVEL_NAMES[level][count >= 2]


def counted(text: str, high: float | None, singular: str, plural: str) -> str:
    """Put a noun after a number's text; a number below two is singular, a million takes « de »."""
    if text.startswith("aucune"):
        return f"{text} {singular}"
    noun = plural if high is None or high >= 2 else singular
    link = " de " if re.search(r"millions?$", text) else " "
    return f"{text}{link}{noun}"


def enumeration(items: Sequence[str]) -> str:
    """Join words the French way: ``a, b et c``."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def minutes(value: float | None) -> str:
    """Write a travel time: ``4 min``, ``moins de 1 min``, ``1 h 01``, ``inconnu``."""
    if value is None:
        return "inconnu"
    if value < 1:
        return f"moins de 1{NO_BREAK_SPACE}min"
    whole = round(value)
    if whole < 60:
        return f"{whole}{NO_BREAK_SPACE}min"
    return f"{whole // 60}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{whole % 60:02d}"


def long_date(iso: str) -> str:
    """Write an ISO date in French: ``2026-11-21`` gives ``21 novembre 2026``; empty stays empty."""
    if not iso:
        return ""
    year, month, day = (int(part) for part in iso.split("-"))
    number = "1er" if day == 1 else str(day)
    return f"{number}{NO_BREAK_SPACE}{MONTHS[month - 1]}{NO_BREAK_SPACE}{year}"


def phone(number: str | None) -> str:
    """Write a French telephone number by pairs; another country's stays as it is."""
    if not number:
        return "inconnu"
    national = re.sub(r"^\+33", "0", number)
    if not re.fullmatch(r"0\d{9}", national):
        return number
    return NO_BREAK_SPACE.join(national[i : i + 2] for i in range(0, 10, 2))


def capitalised(text: str) -> str:
    """Put a capital at the start of a sentence."""
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """Take the capital off a word put inside a sentence."""
    return text[:1].lower() + text[1:]


def mark(text: str) -> str:
    """Put the narrow no-break space French wants before ``: ; ! ?`` and inside quotes."""
    text = re.sub(r" ([;!?])", NARROW_SPACE + r"\1", text)
    return re.sub(r" (:)", NO_BREAK_SPACE + r"\1", text)
