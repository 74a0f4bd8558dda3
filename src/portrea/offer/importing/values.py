"""One cell → one value: codes, contacts, dates, numbers, positions; what is not sure is told.

A reader returns ``(value, note)``: the value is ``None`` (or empty) when it is left aside, the note
says why in French, or what was mended. Nothing is ever invented: a lost leading zero is put back
because only one code fits, digits lost by a spreadsheet are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from portrea.base.errors import Diagnostic
from portrea.base.unseen import UNSEEN
from portrea.offer.importing.spelling import key, plain
from portrea.vocab.standards import mednum


@dataclass(frozen=True, slots=True)
class Note:
    """Why a value is left aside, or what was done to keep it."""

    code: str
    message: str
    remedy: str = ""

    def at(self, row: int | None, field: str | None, value: str | None) -> Diagnostic:
        """Return the diagnostic of a cell."""
        shown = value if value is None or len(value) <= 120 else value[:120] + "…"
        return Diagnostic(self.code, self.message, row, field, shown, self.remedy or None)


Read = tuple[Any, "Note | None"]

EMPTY = frozenset(
    (
        *(
            "",
            "-",
            "--",
            "/",
            ".",
            "?",
            "nc",
            "nr",
            "nd",
            "na",
            "n/a",
            "n.c.",
            "nan",
            "none",
            "null",
        ),
        *("neant", "vide", "inconnu", "inconnue", "aucun", "aucune", "sans objet"),
        *("non renseigne", "non renseignee", "non communique", "non defini"),
    )
)
"""Texts that mean « not told » (accents and case aside)."""
_LONGEST_EMPTY = 20
_SHEET_ERROR = re.compile(r"#(?:REF|N/A|VALUE|VALEUR|DIV/0|NAME|NOM|NUM|NOMBRE|NULL|NUL)[!?]?")
_SPACES = re.compile(r"[^\S\n]+")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d+")
_SIZE = 5_000
"""Longest text kept for one field, in characters."""


def untold(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    if len(text) >= _LONGEST_EMPTY:
        return False
    bare = text.strip()
    return (bare.lower() if bare.isascii() else plain(bare)) in EMPTY


def text(cell: str) -> Read:
    """Return one line of text, kept as it is: HTML and formulas are only characters here."""
    if cell.isprintable() and len(cell) <= _SIZE and not cell.startswith("#"):
        kept = " ".join(cell.split())
        return (None, None) if untold(kept) else (kept, None)
    if _SHEET_ERROR.fullmatch(cell.strip()):
        return None, Note(
            "spreadsheet-error", "erreur de tableur laissée de côté", "Corrigez la formule."
        )
    kept = re.sub(r"\s+", " ", UNSEEN.sub("", cell)).strip()
    return _sized(cell, kept)


@lru_cache(maxsize=16384)
def prose(cell: str) -> Read:
    """Return a text of several lines."""
    if _SHEET_ERROR.fullmatch(cell.strip()):
        return None, Note(
            "spreadsheet-error", "erreur de tableur laissée de côté", "Corrigez la formule."
        )
    lines = UNSEEN.sub("", cell.replace("\r", "\n")).split("\n")
    kept = "\n".join(_SPACES.sub(" ", line).strip() for line in lines)
    return _sized(cell, re.sub(r"\n{3,}", "\n\n", kept).strip())


def _sized(cell: str, kept: str) -> Read:
    if untold(kept):
        return None, None
    if len(kept) > _SIZE:
        note = Note(
            "too-long", f"texte de {len(kept)} caractères, coupé à {_SIZE}", "Raccourcissez-le."
        )
        return kept[:_SIZE], note
    if UNSEEN.search(cell):
        return kept, Note("control-characters", "caractères invisibles retirés")
    return kept, None


# -- codes ----------------------------------------------------------------------------------------

ZERO = "zéro initial remis (un tableur l’avait effacé)"
AS_TEXT = "Mettez la colonne au format texte avant d’y écrire."


@lru_cache(maxsize=65536)
def postcode(cell: str) -> Read:
    """Return five digits."""
    bare = re.sub(r"(?i)\b(?:f|fr)\s*-\s*|cedex.*|\s", "", cell).removesuffix(".0")
    if re.fullmatch(r"\d{5}", bare) and _departement(bare):
        return bare, None
    if re.fullmatch(r"\d{4}", bare) and bare[0] != "0":
        return "0" + bare, Note("leading-zero", ZERO, AS_TEXT)
    return None, Note("not-a-postcode", "ce n’est pas un code postal", "Écrivez 5 chiffres.")


def _departement(code: str) -> bool:
    return "01" <= code[:2] <= "98" and code[:2] != "96"


@lru_cache(maxsize=65536)
def commune(cell: str) -> Read:
    """Return the official code of a commune."""
    bare = re.sub(r"\s", "", cell).upper().removesuffix(".0")
    pattern = mednum.fields()["code_insee"].pattern
    if re.fullmatch(r"\d{4}", bare) and bare[0] != "0":
        return "0" + bare, Note("leading-zero", ZERO, AS_TEXT)
    if pattern and pattern.fullmatch(bare) and bare[:2] not in ("00", "20", "96", "99"):
        return bare, None
    remedy = "Écrivez le code officiel de la commune, 5 caractères (2A… ou 2B… en Corse)."
    return None, Note("not-a-commune", "ce n’est pas un code de commune", remedy)


@lru_cache(maxsize=65536)
def siret(cell: str) -> Read:  # noqa: PLR0911
    """Return 14 digits whose key is right, or an RNA number."""
    if _SCIENTIFIC.fullmatch(cell.strip()):
        words = "numéro abîmé par un tableur : ses derniers chiffres sont perdus"
        return None, Note("scientific", words, "Recopiez les 14 chiffres, colonne au format texte.")
    bare = re.sub(r"[\s.\u00a0\u202f-]", "", cell.strip().removesuffix(".0")).upper()
    if re.fullmatch(r"W[0-9A-Z]{9}", bare):
        return bare, None
    if not bare.strip("0"):
        return None, None
    if re.fullmatch(r"\d{14}", bare):
        return _checked_siret(bare)
    if re.fullmatch(r"\d{13}", bare) and luhn("0" + bare):
        return "0" + bare, Note("leading-zero", ZERO, AS_TEXT)
    if re.fullmatch(r"\d{9}", bare):
        words = "c’est un SIREN (l’organisme), pas un SIRET (le lieu)"
        return None, Note("siren", words, "Écrivez les 14 chiffres du SIRET.")
    return None, Note("not-a-siret", "ce n’est pas un SIRET", "Écrivez les 14 chiffres du SIRET.")


def _checked_siret(bare: str) -> Read:
    post_office = bare.startswith("356000000") and sum(map(int, bare)) % 5 == 0
    if luhn(bare) or post_office:
        return bare, None
    return None, Note("bad-key", "SIRET dont la clé est fausse", "Vérifiez chaque chiffre.")


def luhn(digits: str) -> bool:
    """Whether the key of a SIRET is right (ISO/IEC 7812: Luhn's sum is a multiple of ten)."""
    doubled = [int(d) * (1 + rank % 2) for rank, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


# -- dates ----------------------------------------------------------------------------------------

_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ t].*)?")
_DMY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ t,].*)?")
_WORDS = re.compile(r"(?:\w+\s+)?(\d{1,2})(?:er)?\s+(" + "|".join(_MONTHS) + r")\s+(\d{4})")
SERIAL_ZERO = date(1899, 12, 30)
DATE_REMEDY = "Écrivez la date au format 2024-04-02."


@lru_cache(maxsize=65536)
def day(cell: str, today: date) -> Read:
    """Return a date, day first; a bare month or year is too vague to date a sheet."""
    found, note = date_of(plain(cell).strip())
    if found is None:
        return None, note
    if found == date(1970, 1, 1):
        return None, Note("epoch-date", "date zéro des ordinateurs : elle veut dire « inconnue »")
    if found > today:
        return None, Note("future-date", "date à venir", DATE_REMEDY)
    if found.year < 1990:
        return None, Note("not-a-date", "date trop ancienne pour une mise à jour", DATE_REMEDY)
    return found, note


def date_of(told: str) -> tuple[date | None, Note | None]:  # noqa: PLR0911
    """Return the date that a text tells, whatever its form, and what to know of it."""
    if match := _ISO.fullmatch(told):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DMY.fullmatch(told):
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        first, second = int(match[1]), int(match[2])
        if second > 12 >= first:
            found, note = _date(year, first, second)
            american = Note("american-date", "date lue mois d’abord, à l’américaine", DATE_REMEDY)
            return found, american if found else note
        return _date(year, second, first)
    if match := _WORDS.fullmatch(told):
        return _date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    if re.fullmatch(r"[34]\d{4}(?:\.\d+)?", told):
        words = "numéro de jour d’un tableur, lu comme une date"
        return SERIAL_ZERO + timedelta(days=int(float(told))), Note(
            "serial-date", words, DATE_REMEDY
        )
    if re.search(r"(?:19|20)\d{2}", told):
        return None, Note("vague-date", "date sans jour précis", DATE_REMEDY)
    return None, Note("not-a-date", "ce n’est pas une date", DATE_REMEDY)


def _date(year: int, month: int, number: int) -> tuple[date | None, Note | None]:
    try:
        return date(year, month, number), None
    except ValueError:
        return None, Note("not-a-date", "cette date n’existe pas", DATE_REMEDY)


# -- numbers --------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?")
_HOURS = re.compile(r"(\d{1,3})\s*h(?:eures?)?\s*(\d{2})?", re.IGNORECASE)
_MOST = 100_000.0


@lru_cache(maxsize=16384)
def number(cell: str) -> Read:
    """Return a quantity from 0 to 100,000; « 3 h 30 » is 3.5."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", cell)
    if match := _HOURS.fullmatch(bare):
        return int(match[1]) + int(match[2] or 0) / 60, None
    if re.fullmatch(r"[+-]?\d{16,}(?:[.,]\d+)?", bare):
        return None, Note("out-of-range", "nombre démesuré", "Vérifiez la cellule.")
    if not _NUMBER.fullmatch(bare):
        return None, Note("not-a-number", "ce n’est pas un nombre", "Écrivez des chiffres : 12,5.")
    value = float(bare.replace(",", "."))
    if not 0 <= value <= _MOST:
        return None, Note("out-of-range", "nombre hors des bornes (0 à 100 000)", "Vérifiez-le.")
    return value, None


@lru_cache(maxsize=16384)
def share(cell: str) -> Read:
    """Return a share in [0, 1], told as a percentage or as a decimal fraction below one."""
    bare = cell.replace("%", "").strip()
    value, note = number(bare)
    if value is None:
        return None, note
    if "%" not in cell and 0 < value < 1:
        return value, None
    if value > 100:
        return None, Note("out-of-range", "part de plus de 100 %", "Écrivez un pourcentage.")
    if value == 1 and "%" not in cell:
        words = "« 1 » est lu comme 1 %"
        return 0.01, Note("ambiguous-share", words, "Écrivez « 1 % » ou « 100 % ».")
    return value / 100, None


_YES = frozenset(("oui", "o", "x", "1", "vrai", "true", "yes", "y", "ok", "☑", "✓", "✔", "✅", "v"))
_NO = frozenset(("non", "n", "0", "faux", "false", "no", "☐", "✗", "✘", "❌"))


@lru_cache(maxsize=16384)
def boolean(cell: str) -> Read:
    """Return yes or no; anything else is not told."""
    told = plain(cell.strip()).removesuffix(".0")
    if told in _YES:
        return True, None
    if told in _NO:
        return False, None
    if untold(cell):
        return None, None
    return None, Note("not-a-boolean", "ni oui ni non", "Écrivez « oui » ou « non ».")


def digest_key(*parts: str | None) -> str:
    """Return what identifies a place by its own words."""
    return "|".join(key(part or "") for part in parts)


def moment(cell: str) -> int | None:
    """Return minutes from midnight of « 9h », « 09:00 » or « 9h30 », ``None`` otherwise."""
    match = re.fullmatch(r"\s*(\d{1,2})\s*[hH:]\s*(\d{2})?(?::\d{2})?\s*", cell)
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2] or 0)
    return minutes if minutes <= 24 * 60 else None


def parse_iso(told: str) -> date | None:
    """Return an ISO date, ``None`` when it is not one."""
    try:
        return datetime.fromisoformat(told).date()
    except ValueError:
        return None
