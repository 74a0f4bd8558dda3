"""What a free text tells of somebody: numbers, names, addresses, health.

Nothing here is certain: a warning is shown to whoever writes, and what identifies is replaced
before the text is kept. A name without « Mme » nor « je m’appelle » is not found; reading
remains needed before anything is published.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MODULUS = 97
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_NAMES = rf"(?:[{_CAPITAL}][\w’'\-]*)(?:\s+[{_CAPITAL}][\w’'\-]*){{0,2}}"
_SAID = {
    "telephone": "téléphone",
    "courriel": "courriel",
    "nir": "numéro de sécurité sociale",
    "iban": "compte bancaire",
    "nom": "nom",
    "adresse": "adresse",
    "naissance": "date de naissance",
    "mot_de_passe": "mot de passe",
    "numero": "numéro",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of text (from ``start`` to ``end``) that tells something of somebody."""

    kind: str
    start: int
    end: int

    @property
    def identifies(self) -> bool:
        """Whether it is replaced: health is only warned of."""
        return self.kind in _SAID

    @property
    def label(self) -> str:
        """What it is, in French."""
        return _SAID.get(self.kind, "santé")


def findings(text: str) -> tuple[Finding, ...]:
    """Return what a text tells of somebody, in order, without overlap."""
    found = sorted(_found(text), key=lambda one: (one.start, -one.end))
    kept: list[Finding] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def scrubbed(text: str) -> str:
    """Return the text with what identifies replaced by what it was: « [téléphone] »."""
    for one in reversed(findings(text)):
        if one.identifies:
            text = f"{text[: one.start]}[{one.label}]{text[one.end :]}"
    return text


@cache
def _words() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load(
        (files("portrea.surveys") / "privacy.yaml").read_text("utf-8")
    )
    return loaded


def _found(text: str) -> Iterator[Finding]:
    for kind, pattern, group, holds in _patterns():
        for match in pattern.finditer(text):
            if holds(match[group]):
                yield Finding(kind, *match.span(group))
    plain = _without_accents(text)
    for match in _health().finditer(plain):
        yield Finding("sante", *match.span())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], int, Callable[[str], bool]], ...]:
    titles, ways = "|".join(_words()["titles"]), "|".join(_words()["ways"])
    written: tuple[tuple[str, str, int, Callable[[str], bool]], ...] = (
        ("courriel", r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}", 0, _any),
        ("telephone", r"(?<!\d)(?:\+33|0033|0)[\s.]?[1-9](?:[\s.\-]?\d{2}){4}(?!\d)", 0, _any),
        ("iban", r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b", 0, _is_iban),
        ("nir", r"(?<!\d)[12](?:[\s.\-]?[\dAB]){12}(?:[\s.\-/]?\d{2})?(?!\d)", 0, _is_nir),
        ("nom", rf"(?i:\b(?:{titles}))\.?\s+({_NAMES})", 1, _any),
        ("nom", rf"(?i:m['’]appelle|s['’]appelle|se nomme|nommée?)\s+({_NAMES})", 1, _any),
        (
            "adresse",
            rf"(?<!\d)\d{{1,4}}\s*(?:bis|ter)?,?\s+(?i:{ways})"
            rf"(?:\s+(?:des?|du|la|les?)\b)*\s+[\w’'\-]+(?:\s+[{_CAPITAL}][\w\-]*){{0,3}}",
            0,
            _any,
        ),
        ("naissance", r"(?i:\bnée?\s+le\s+)(\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4})", 1, _any),
        (
            "mot_de_passe",
            r"(?i:mots? de passe|mdp|code secret)\s*(?:c['’]est|est|:|=)\s*(\S+)",
            1,
            _any,
        ),
        (
            "numero",
            r"(?i:allocataire|matricule|dossier|fiscal|adhérent|identifiant)\D{0,8}?(\d{5,15})(?!\d)",
            1,
            _any,
        ),
    )
    return tuple(
        (kind, re.compile(pattern), group, holds) for kind, pattern, group, holds in written
    )


@cache
def _health() -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(_words()['health'])})\w*")


def _any(_text: str) -> bool:
    return True


def _is_nir(text: str) -> bool:
    """Thirteen digits with a possible month, and the right key when there is one."""
    told = re.sub(r"[\s.\-/]", "", text)
    body, key = told[:13], told[13:]
    corse = {"2A": "19", "2B": "18"}
    digits = body[:5] + corse.get(body[5:7], body[5:7]) + body[7:]
    if not digits.isdecimal() or not (1 <= int(digits[3:5]) <= 12 or int(digits[3:5]) >= 20):
        return False
    return not key or int(key) == _MODULUS - int(digits) % _MODULUS


def _is_iban(text: str) -> bool:
    told = re.sub(r"\s", "", text)
    moved = "".join(str(int(sign, 36)) for sign in told[4:] + told[:4])
    return int(moved) % _MODULUS == 1


def _without_accents(text: str) -> str:
    """Return the text without accents, each letter at the same place."""

    def bare(letter: str) -> Any:
        return unicodedata.normalize("NFD", letter)[0]

    return "".join(map(bare, text))
