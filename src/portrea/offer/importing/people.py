"""Personal data in a list: found, taken out and counted; the contacts of a structure are kept.

No name, no personal address, no number of a person ever enters the record: helpers are roles.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache

from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.spelling import header_key, header_words, key, plain
from portrea.vocab.contacts import GENERIC_MAILBOXES

KINDS = {
    "name": "nom de personne",
    "email": "courriel de personne",
    "mobile": "mobile de personne",
    "nir": "numéro de sécurité sociale",
    "other": "autre donnée personnelle",
}


@dataclass(slots=True)
class People:
    """What was found and taken out: counts by column and kind, never a value."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sure: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, column: str, kind: str, line: int, *, sure: bool = True) -> None:
        """Count one value taken out."""
        self.counts[column, kind] += 1
        self.sure[column, kind] += sure
        self.lines.setdefault((column, kind), line)

    def sentences(self) -> tuple[str, ...]:
        """Return one French sentence per column and kind."""
        return tuple(
            f"colonne « {column} » : {count} {KINDS[kind]}{'s' if count > 1 else ''} retiré"
            f"{'s' if count > 1 else ''} (première fois ligne {self.lines[column, kind]})"
            for (column, kind), count in sorted(self.counts.items())
        )


# -- columns --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def personal_column(header: str) -> bool:
    """Whether a column, by its name, speaks of a person and not of a place."""
    parts = parameters("parts")
    name = header_key(header)
    told = set(header_words(header))
    if name in parts["persons"] or told & {"prenom", "prenoms", "civilite", "naissance", "nir"}:
        return True
    if any(_holds(name, str(phrase)) for phrase in parts["persons"] if " " in str(phrase)):
        return True
    contact = told & {
        "nom",
        "noms",
        "mail",
        "email",
        "courriel",
        "tel",
        "telephone",
        "portable",
        "mobile",
    }
    return bool(contact) and bool(told & set(parts["person_words"]) - {"portable"})


def _holds(name: str, phrase: str) -> bool:
    return f" {phrase} " in f" {name} "


# -- e-mails --------------------------------------------------------------------------------------


@cache
def _first_names() -> frozenset[str]:
    return frozenset(str(name) for name in parameters("prenoms")["names"])


@cache
def _generic() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in GENERIC_MAILBOXES))


@lru_cache(maxsize=65536)
def personal_email(address: str, *place_words: str) -> tuple[bool, bool]:
    """Return whether an address is (perhaps) a person's, and whether that is sure.

    Parameters
    ----------
    place_words
        Name and city of the place: a mailbox that bears them is the place's.
    """
    local = plain(address.split("@", maxsplit=1)[0])
    parts = [part for part in re.split(r"[._\-+\d]+", local) if part]
    named = bool(set(parts) & _first_names())
    if named and len(parts) >= 2:
        return True, True
    if (
        len(parts) == 2
        and len(parts[0]) == 1
        and len(parts[1]) > 2
        and not _generic().search(local)
    ):
        return True, True
    if _generic().search(local):
        return False, False
    squeezed = key(local)
    near = key(" ".join(place_words))
    words = {word for text in place_words for word in re.findall(r"[a-z0-9]{4,}", plain(text))}
    domain = key(address.rsplit("@", maxsplit=1)[-1].rsplit(".", maxsplit=1)[0])
    if len(squeezed) >= 3 and (squeezed in near or any(word in squeezed for word in words)):
        return False, False
    own_domain = address.rsplit("@", maxsplit=1)[-1] not in parameters("prenoms")["freemail"]
    if own_domain and len(squeezed) >= 3 and (squeezed in domain or domain in squeezed):
        return False, False
    return True, named


# -- phones ---------------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?:\+33|\b0)\s?[67](?:[\s.\-]?\d{2}){4}(?!\d)")


def personal_phone(header: str, cell: str) -> bool:
    """Whether a mobile number is labelled as a person's, by its column or beside it."""
    if not _MOBILE.search(cell.replace("(0)", "")):
        return False
    told = set(header_words(header)) & set(parameters("parts")["person_words"])
    beside = set(re.findall(r"[a-z]{3,}", plain(_MOBILE.sub(" ", cell))))
    return (
        bool(told)
        or bool(beside & _first_names())
        or bool(beside & {"mme", "mlle", "madame", "monsieur", "perso", "personnel", "portable"})
    )


# -- free texts -----------------------------------------------------------------------------------

_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_TITLED = re.compile(
    r"\b(?:M\.|Mr\.?|Mme|Mlle|Mmes|Monsieur|Madame|Mademoiselle)\s+"
    r"(?!(?:le|la|les|l['’])\b)(?:[A-ZÉÈÀÂÇÎÔ][\w'’\-]+)(?:\s+(?:de\s+)?[A-ZÉÈÀÂÇÎÔ][\w'’\-]+)?"
)
_NIR = re.compile(
    r"(?<![\d.,])[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])"
    r"[ .]?\d{3}[ .]?\d{3}(?:[ .\-]?\d{2})?(?![\d.,]\d|\d)"
)


@lru_cache(maxsize=65536)
def strip_text(text: str, *place_words: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without what belongs to persons, and the kinds of what was taken out."""
    found: list[str] = []

    def taken(kind: str, words: str) -> str:
        found.append(kind)
        return words

    def nir(match: re.Match[str]) -> str:
        return taken("nir", "[numéro retiré]") if _is_nir(match[0]) else match[0]

    def email(match: re.Match[str]) -> str:
        personal, sure = personal_email(match[0].lower(), *place_words)
        return taken("email", "[courriel retiré]") if personal and sure else match[0]

    text = _NIR.sub(nir, text) if any(c.isdigit() for c in text) else text
    text = _EMAIL.sub(email, text) if "@" in text else text
    named = _TITLED.sub(lambda _: taken("name", "[nom retiré]"), text) if "M" in text else text
    if named != text:
        named = _MOBILE.sub(lambda _: taken("mobile", "[numéro retiré]"), named)
    return named, tuple(found)


def _is_nir(written: str) -> bool:
    digits = re.sub(r"[ .\-]", "", written).upper()
    number, told = digits[:13].replace("2A", "19").replace("2B", "18"), digits[13:]
    if len(number) != 13 or not number.isdigit():
        return False
    return not told or int(told) == 97 - int(number) % 97


def count_people(cell: str) -> int:
    """Return how many persons a cell of names holds."""
    pieces = re.split(r"[|;,/\n&]|\bet\b", cell)
    return max(1, sum(1 for piece in pieces if re.search(r"[A-Za-zÀ-ÿ]{2}", piece)))
