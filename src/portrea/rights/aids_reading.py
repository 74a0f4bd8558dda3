"""Local aids as they are written: a card of one aid, or a YAML file of a territory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.rights.aids import Aid, Amount, Between, BySize, Conditions
from portrea.rights.aids_fields import (
    Card,
    Fault,
    address,
    day,
    listed,
    number,
    one_of,
    rising,
    text,
    whole,
)
from portrea.rights.aids_lines import line_of, told_with_lines
from portrea.rights.catalogue import rights
from portrea.rights.households import MOST_CHILDREN, OLDEST, Housing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TERRITORY = re.compile(r"(?:commune|epci|departement|region):[0-9A-Z]{2,9}")
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
PACES = {"mois": "par mois", "an": "par an", "fois": "en une fois"}
LONGEST_NAME = 60
MOST_PERSONS = MOST_CHILDREN + 2
MOST_EUROS = 100_000
UNKNOWN = "inconnu"
MEND = "Corrigez, puis recommencez : rien n’a été changé."


@dataclass(frozen=True, slots=True)
class AidFile:
    """A file of aids: its territory (``commune:35188``), each aid, each card as it was written."""

    territory: str
    aids: Mapping[str, Aid]
    cards: Mapping[str, Mapping[str, Any]]


def read_aid(name: str, told: Any, *, today: date) -> Aid:
    """Return the aid that a card tells.

    Raises
    ------
    DataError
        Every entry that cannot be, and why.
    """
    faults: list[Fault] = []
    aid = _aid(name, told, (), faults, today)
    if aid is None or faults:
        raise DataError(" ".join(f"{_named(one)}{one.why}." for one in faults), remedy=MEND)
    return aid


def read_file(content: str, *, today: date) -> AidFile:
    """Return the aids that a YAML file tells.

    Raises
    ------
    DataError
        What cannot be, one line for each fault: the line of the file, the entry, why.
    """
    told, lines = told_with_lines(content)
    faults: list[Fault] = []
    page = Card(told, (), faults)
    territory = page.take("territoire", _territory, needed=True) or ""
    cards = page.take("aides", _cards, needed=True) or {}
    page.end()
    aids = {name: _aid(name, card, ("aides", name), faults, today) for name, card in cards.items()}
    if faults:
        found = sorted(faults, key=lambda one: line_of(one.path, lines))
        says = [f"Ligne {line_of(one.path, lines)}, {_named(one)}{one.why}." for one in found]
        raise DataError("\n".join(says), remedy=MEND)
    return AidFile(territory, {name: one for name, one in aids.items() if one}, cards)


def _aid(
    name: str, told: Any, path: tuple[str, ...], faults: list[Fault], today: date
) -> Aid | None:
    before = len(faults)
    card = Card(told, path, faults)
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        card.refuse("un nom technique a des minuscules sans accent, des chiffres et des tirets")
    source = card.inside("source")
    conditions, amount = _conditions(card.inside("conditions")), _amount(card)
    given = {
        "label": card.take("nom", text(120), needed=True),
        "body": card.take("organisme", text(160), needed=True),
        "summary": card.take("resume", text(400)) or "",
        "since": card.take("du", day, needed=True),
        "until": card.take("au", day),
        "papers": card.take("pieces", listed(text(160))) or (),
        "contact": card.take("contact", text(200)) or "",
        "url": card.take("lien", address) or "",
        "checked": card.take("verifie_le", day, needed=True),
        "checked_by": card.take("verifie_par", text(120), needed=True),
        "source": source.take("titre", text(200), needed=True),
        "source_date": source.take("date", day, needed=True),
        "source_url": source.take("lien", address) or "",
    }
    _days(card, given, today)
    for one in (source, card):
        one.end()
    if len(faults) > before:
        return None
    return Aid(name=name, conditions=conditions, amount=amount, **given)  # type: ignore[arg-type]


def _days(card: Card, given: Mapping[str, Any], today: date) -> None:
    since, until, checked = given["since"], given["until"], given["checked"]
    if since and until and until < since:
        card.refuse("la fin est avant le début", "au")
    if checked and checked > today:
        card.refuse("ce jour est à venir", "verifie_le")
    if given["source_date"] and given["source_date"] > today:
        card.refuse("ce jour est à venir", "source", "date")


def _conditions(card: Card) -> Conditions:
    children, ceiling = card.inside("enfants"), card.inside("revenu")
    asked = bool(children.left)
    count = children.take("nombre", whole(1, MOST_CHILDREN)) or 1
    euros = ceiling.take("par_mois", rising, needed=bool(ceiling.left))
    told = Conditions(
        ages=_between(card.inside("age"), OLDEST),
        size=_between(card.inside("personnes"), MOST_PERSONS),
        children=(_between(children, OLDEST) or Between()) if asked else None,
        count=count,
        housing=card.take("logement", listed(one_of(Housing))) or (),
        ceiling=BySize(euros, _more(ceiling)) if euros else None,
        rights=card.take("droits", listed(one_of(rights()))) or (),
    )
    for one in (ceiling, card):
        one.end()
    return told


def _between(card: Card, most: int) -> Between | None:
    asked = bool(card.left)
    low = card.take("de", whole(0, most))
    high = card.take("a", whole(0, most))
    if low is not None and high is not None and high < low:
        card.refuse(f"{high} est plus petit que {low}", "a")
    card.end()
    return Between(low or 0, inf if high is None else high) if asked else None


def _amount(card: Card) -> Amount | None:
    if card.left.get("montant") == UNKNOWN:
        card.left.pop("montant")
        return None
    if "montant" not in card.left:
        card.refuse(f"cette rubrique manque (au besoin : {UNKNOWN})", "montant")
        return None
    inside = card.inside("montant")
    euros = number(0, MOST_EUROS)
    per = inside.take("par", one_of(PACES), needed=True) or "an"
    if "par_personnes" in inside.left:
        sizes = inside.take("par_personnes", rising) or (0,)
        told = Amount(per, by_size=BySize(sizes, _more(inside)))
    elif "fixe" in inside.left:
        value = inside.take("fixe", euros) or 0
        told = Amount(per, value, value)
    else:
        low, high = (inside.take(name, euros, needed=True) or 0 for name in ("de", "a"))
        told = Amount(per, low, high)
        if high < low:
            inside.refuse(f"{high:g} est plus petit que {low:g}", "a")
    inside.end()
    return told


def _more(card: Card) -> float:
    return card.take("par_personne_en_plus", number(0, MOST_EUROS)) or 0


def _territory(told: Any) -> str:
    if not isinstance(told, str) or not TERRITORY.fullmatch(told):
        raise ValueError("écrivez par exemple « commune:35188 » ou « departement:35 »")
    return told


def _cards(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TypeError("une aide par nom est attendue")
    if not told:
        raise ValueError("cette rubrique est vide")
    return told


def _named(fault: Fault) -> str:
    names = fault.path[1:] if fault.path[:1] == ("aides",) and len(fault.path) > 1 else fault.path
    return f"« {', '.join(names)} » : " if names else ""
