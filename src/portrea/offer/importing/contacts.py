"""Phones, e-mail addresses and links in a cell: well-written ones only, dangerous ones never."""

from __future__ import annotations

import re
from functools import lru_cache

from portrea.base.unseen import without_unseen
from portrea.offer.importing.values import AS_TEXT, ZERO, Note, Read
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import EMAIL, URL

_PHONE = re.compile(r"(?:\+|00)?\d(?:[\s.\-–/()\u00a0\u202f]{0,3}\d){2,16}")
_SHORT = re.compile(r"3\d{3}|1\d{2,3}|11[68]\d{3}")


@lru_cache(maxsize=65536)
def phone(cell: str) -> Read:
    """Return one number in international form; short numbers (3960) as they are."""
    parts = re.split(r"[|;,\n]|\s/\s|(?<=\d{2})/(?=0)|\bou\b|\bet\b", cell.removesuffix(".0"))
    found = [number for part in parts for number in _numbers_of(part)]
    distinct = list(dict.fromkeys(number for number, _ in found))
    if not distinct:
        remedy = "Écrivez un numéro à 10 chiffres : 02 99 00 00 00."
        return None, Note("not-a-phone", "ce n’est pas un numéro de téléphone", remedy)
    if len(distinct) > 1:
        kept = (
            f"plusieurs numéros : le premier est gardé ({', '.join(distinct[1:3])} laissé de côté)"
        )
        return distinct[0], Note("several-phones", kept, "Un seul numéro par fiche.")
    mended = next((note for number, note in found if note), None)
    return distinct[0], mended


def _numbers_of(part: str) -> list[tuple[str, Note | None]]:
    found = []
    for match in _PHONE.finditer(part.replace("(0)", "")):
        number, note = _one_phone(re.sub(r"[^\d+]", "", match[0]))
        short = number is not None and len(number) < 7
        if number and not (short and re.search(r"[.,-]", part)):
            found.append((number, note))
    return found


def _one_phone(digits: str) -> tuple[str | None, Note | None]:
    digits = re.sub(r"^00(?=\d{8})", "+", digits)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return (mednum.overseas_phone(digits[:4]) or "+33") + digits[1:], None
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return "+33" + digits, Note("leading-zero", ZERO, AS_TEXT)
    if re.fullmatch(r"\+330[1-9]\d{8}", digits):
        return "+33" + digits[4:], None
    if re.fullmatch(r"\+33[1-9]\d{8}|\+(?!33)[1-9]\d{8,13}", digits):
        return digits, None
    return (digits, None) if _SHORT.fullmatch(digits) else (None, None)


@lru_cache(maxsize=65536)
def emails(cell: str) -> Read:
    """Return well-written addresses, in lower case."""
    parts = [p for p in re.split(r"[|;,\s]+|\bou\b", cell.replace("mailto:", "")) if p]
    found = tuple(
        dict.fromkeys(p.lower().strip(".") for p in parts if EMAIL.fullmatch(p.strip(".")))
    )
    if found:
        return found, None
    remedy = "Exemple : accueil@exemple.fr."
    return (), Note("not-an-email", "adresse électronique mal écrite", remedy)


_SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):(?!\d)", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#:].*)?", re.IGNORECASE)
_DANGER = re.compile(r"[<>\"'`\\{}]|^https?://[^/]*@|[\x00-\x20\x7f]")


@lru_cache(maxsize=65536)
def websites(cell: str) -> Read:
    """Return web addresses (http or https only)."""
    cell = without_unseen(cell)
    if _dangerous(cell):
        return (), Note(
            "dangerous-link", "adresse refusée : elle ne mène pas à un site", "Écrivez https://…"
        )
    parts = [p.strip(".,;()") for p in re.split(r"[|;,\s]+|(?<!:)\bou\b", cell) if "." in p]
    links = tuple(dict.fromkeys(link for part in parts if (link := _link(part))))
    if links:
        return links, None
    return (), Note("not-a-link", "adresse de site mal écrite", "Commencez par https://.")


def _dangerous(cell: str) -> bool:
    tight = re.sub(r"\s+", "", cell)
    scheme = _SCHEME.match(tight)
    if scheme and scheme[1].lower() not in ("http", "https", "mailto") and "." not in scheme[1]:
        return True
    lowered = tight.lower()
    return bool(re.search(r"(?:javascript|vbscript|data):|<\w", lowered)) or bool(
        re.search(r"https?://[^/]*@", lowered)
    )


def _link(part: str) -> str | None:
    if part.lower().startswith(("http://", "https://")):
        scheme, _, rest = part.partition("://")
        link = f"{scheme.lower()}://{rest}"
    elif _DOMAIN.fullmatch(part) and "@" not in part:
        link = f"https://{part}"
    else:
        return None
    return link if URL.fullmatch(link) and not _DANGER.search(link) and len(link) <= 500 else None


@lru_cache(maxsize=16384)
def link(cell: str) -> Read:
    """Return one web address."""
    found, note = websites(cell)
    return (found[0], note) if found else (None, note)
