"""Which passwords are refused beyond Django's own rules: words everyone would try here first.

No rule asks for a capital, a figure or a sign, and no password ever expires. A password is judged
by what is left of it once the figures and signs around its words are taken away: « Portrea2026! »
is « portrea ».
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from typing import Any

WORDS = Path(__file__).with_name("weak_words.yaml")
FEWEST = 4
"""Different characters below which a password is a repetition."""
_LETTERS = re.compile(r"[a-z]+")


class WeakWordsValidator:
    """Refuse a password made of known words only, or of the same few characters."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise when nothing but known words, figures and signs is left."""
        if len(set(password.casefold())) < FEWEST:
            raise ValidationError(
                _("Ce mot de passe répète les mêmes caractères."), code="repeated"
            )
        if _only_known(plain(password)):
            raise ValidationError(
                _("Ce mot de passe n’est fait que de mots que tout le monde essaierait ici."),
                code="weak_words",
            )

    def get_help_text(self) -> str:
        """Say the rule before a password is chosen."""
        return _("Pas seulement le nom du site, d’un métier ou d’un mot de passe courant.")


def plain(password: str) -> str:
    """Return the letters of a password, without case nor accents, words apart."""
    flat = unicodedata.normalize("NFKD", password.casefold())
    return " ".join(_LETTERS.findall("".join(s for s in flat if not unicodedata.combining(s))))


@cache
def weak_words() -> frozenset[str]:
    """Return the words of the file, and the common passwords that are made of letters."""
    ours = yaml.safe_load(WORDS.read_text("utf-8"))["words"]
    common = {word for word in CommonPasswordValidator().passwords if _LETTERS.fullmatch(word)}
    return frozenset(ours) | common


def _only_known(words: str) -> bool:
    """Tell whether all the words are known: « mairie portrea » as well as « portrea »."""
    found = words.split()
    return bool(found) and len(found) <= 2 and all(word in weak_words() for word in found)
