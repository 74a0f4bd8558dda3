"""How a parameter is read by people: its value with its unit, when it changes, why it is old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.base.estimates import NARROW_SPACE, integer

if TYPE_CHECKING:
    from portrea.rights.freshness import Parameter

EUROS = ("currency", "currency_next_year")
UNITS = {
    "BMAF": "× BMAF", "RSA": "× RSA", "smic": "× Smic", "smic_annuel": "× Smic annuel",
    "smic_horaire_brut": "× Smic horaire brut", "year": "ans", "month": "mois", "day": "jours",
    "hour": "heures", "part_quotient_familial": "parts",
}  # fmt: skip
SHARE = "/1"
MOST_BRACKETS = 4


def value_of(one: Parameter) -> str:
    """Return the value of a parameter in French, a scale by its first brackets."""
    if one.value is None:
        return _("aucune valeur en vigueur")
    if not isinstance(one.value, list):
        return _amount(one.value, one.unit)
    parts = [part for part in one.value if _holds(part)]
    told = [_bracket(part, one.unit) for part in parts[:MOST_BRACKETS]]
    left = len(parts) - len(told)
    rest = ngettext("et %d autre", "et %d autres", left) % left
    return " ; ".join([*told, rest] if left else told)


def rhythm_of(one: Parameter) -> str:
    """Return in which month it changes each year, nothing for one that does not."""
    return _("chaque année en %s") % MONTHS[one.renews] if one.renews else ""


def _holds(part: Any) -> bool:
    """Whether a bracket still holds: a scale keeps the place of those that were ended."""
    return not isinstance(part, dict) or part.get("threshold") is not None


def _bracket(part: Any, unit: str) -> str:
    if not isinstance(part, dict):
        return str(part)
    start = _("dès %s") % _number(part["threshold"])
    if part.get("amount") is not None:
        return f"{start}{NARROW_SPACE}: {_amount(part['amount'], unit)}"
    return f"{start}{NARROW_SPACE}: {_amount(part.get('rate'), SHARE)}"


def _amount(value: Any, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _("oui") if value is True else _("non") if value is False else str(value or "–")
    if unit == SHARE:
        return f"{_number(round(value * 100, 4))}{NARROW_SPACE}%"
    if unit in EUROS:
        return f"{_number(value, cents=2)} €"
    return f"{_number(value)} {UNITS.get(unit, '')}".strip()


def _number(value: float, *, cents: int = 0) -> str:
    whole = integer(int(value))
    part = f"{abs(value):.4f}".rstrip("0").partition(".")[2]
    return f"{whole},{part.ljust(cents, '0')}" if part else whole
