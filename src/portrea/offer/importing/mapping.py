"""How the columns of a list become fields of a place: the one form of guesses and of profiles.

A mapping is data: :meth:`Mapping.to_dict` gives what a profile file or a saved profile holds.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError, ParameterError
from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.spelling import header_key
from portrea.offer.record import Block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_SERVICE = re.compile(r"services\.([a-z]+)(?:-(\d+))?\.([a-z_]+)(?:\.(Mo|Tu|We|Th|Fr|Sa|Su))?")
_DAILY = frozenset(("hours", "open", "close", "pause", "frequency"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One field and where it comes from.

    Columns are looked at in order: the first that is filled (``how`` = ``first``), all of them
    (``many``), or joined by ``join``. ``words`` turns a cell into another before it is read (a word
    that is not there is kept, or dropped with ``only_words``), ``split`` and ``part`` keep one
    piece, ``keep`` those pieces of a list that hold a text, ``when`` restricts the rule to rows
    where a column has one of some values.
    """

    target: str
    columns: tuple[str, ...] = ()
    how: str = "first"
    constant: str | None = None
    join: str | None = None
    split: str | None = None
    part: int = 0
    words: tuple[tuple[str, str], ...] = ()
    only_words: bool = False
    keep: str | None = None
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def to_dict(self) -> Any:
        """Return the shortest form a profile may hold: a column name, or what departs from it."""
        usual = mode_of(self.target)
        if self.columns and self == Rule(self.target, self.columns[:1], how=usual):
            return self.columns[0]
        card: dict[str, Any] = {}
        if self.columns:
            card |= (
                {"column": self.columns[0]}
                if len(self.columns) == 1
                else {"columns": list(self.columns)}
            )
        for name in ("constant", "join", "split", "keep"):
            if getattr(self, name) is not None:
                card[name] = getattr(self, name)
        card |= {"part": self.part} if self.split is not None else {}
        card |= {"how": self.how} if self.how != usual else {}
        card |= {"words": dict(self.words)} if self.words else {}
        card |= {"only_words": True} if self.only_words else {}
        card |= (
            {"when": {column: list(values) for column, values in self.when}} if self.when else {}
        )
        return card


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column was taken for, how sure it is (0 to 1), and why, in French.

    ``target`` is ``None`` for a column left aside.
    """

    column: str
    target: str | None
    confidence: float
    reason: str
    rivals: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A layout of list: rules, rows kept, and the header it is recognised by.

    ``only`` and ``without`` keep or leave out rows by the values of a column, ``holds`` keeps those
    where it contains one of some words, ``positive`` those where a number is above zero.
    ``attach`` says that rows are services of places told by another file, ``exact`` asks that the
    header be the signature and nothing else, ``refuse`` is the French reason why such a file is
    not a list of places.
    """

    id: str
    title: str
    source: str
    rules: tuple[Rule, ...] = ()
    producer: str | None = None
    licence: str | None = None
    signature: tuple[str, ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    without: tuple[tuple[str, tuple[str, ...]], ...] = ()
    holds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    positive: tuple[str, ...] = ()
    attach: bool = False
    exact: bool = False
    refuse: str | None = None
    guesses: tuple[Guess, ...] = field(default=(), compare=False)

    @property
    def confidence(self) -> float:
        """How sure the mapping is as a whole: that of its surest name column (1 for a profile)."""
        if not self.guesses:
            return 1.0
        return max((g.confidence for g in self.guesses if g.target == "name"), default=0.0)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that some rule reads."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.columns))

    def rule(self, target: str) -> Rule | None:
        """Return the rule of a field, ``None`` when nothing fills it."""
        return next((rule for rule in self.rules if rule.target == target), None)

    def corrected(self, choices: dict[str, str | None]) -> Mapping:
        """Return the mapping where a person chose the field of some columns (``None``: aside)."""
        kept = []
        for rule in self.rules:
            columns = tuple(name for name in rule.columns if name not in choices)
            if columns or not rule.columns:
                kept.append(replace(rule, columns=columns))
        for column, target in choices.items():
            if target is None:
                continue
            check_target(target)
            same = next((rule for rule in kept if rule.target == target), None)
            if same is None:
                kept.append(Rule(target, (column,), how=mode_of(target)))
            else:
                kept[kept.index(same)] = replace(same, columns=(*same.columns, column))
        guesses = [
            Guess(g.column, choices[g.column], 1.0, "choisi par une personne")
            if g.column in choices
            else g
            for g in self.guesses
        ]
        return replace(self, rules=tuple(kept), guesses=tuple(guesses))

    def to_dict(self) -> dict[str, Any]:
        """Return what a profile file holds (YAML or JSON)."""
        card: dict[str, Any] = {"id": self.id, "title": self.title, "source": self.source}
        for name in ("producer", "licence", "refuse"):
            if getattr(self, name):
                card[name] = getattr(self, name)
        card |= {"signature": list(self.signature)} if self.signature else {}
        for name in ("only", "without", "holds"):
            if getattr(self, name):
                card[name] = {column: list(values) for column, values in getattr(self, name)}
        card |= {"positive": list(self.positive)} if self.positive else {}
        card |= {name: True for name in ("attach", "exact") if getattr(self, name)}
        card["fields"] = {rule.target: rule.to_dict() for rule in self.rules}
        return card


def from_dict(card: dict[str, Any]) -> Mapping:
    """Return the mapping held by a profile.

    Raises
    ------
    DataError
        A field that does not exist, or a profile badly written; the message says where.
    """
    if not isinstance(card, dict) or not isinstance(card.get("fields", {}), dict):
        raise DataError(
            "Ce profil n’est pas bien écrit.", remedy="Il faut « fields: {champ: colonne} »."
        )
    known = {name for name in Mapping.__slots__ if name not in ("rules", "guesses")} | {"fields"}
    strange = sorted(str(name) for name in set(card) - known)
    if strange:
        raise DataError(
            f"Profil : entrée inconnue « {strange[0]} ».",
            remedy=f"Entrées : {', '.join(sorted(known))}.",
        )
    name = str(card.get("id") or "profil")
    return Mapping(
        id=name,
        title=str(card.get("title") or name),
        source=str(card.get("source") or name),
        rules=tuple(_rule(str(target), told) for target, told in card.get("fields", {}).items()),
        producer=card.get("producer"),
        licence=card.get("licence"),
        signature=tuple(map(str, card.get("signature", ()))),
        only=_conditions(card.get("only")),
        without=_conditions(card.get("without")),
        holds=_conditions(card.get("holds")),
        positive=tuple(map(str, card.get("positive", ()))),
        attach=bool(card.get("attach", False)),
        exact=bool(card.get("exact", False)),
        refuse=card.get("refuse"),
    )


def _conditions(told: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not told:
        return ()
    if not isinstance(told, dict):
        raise DataError("Profil : une condition s’écrit « colonne: [valeur, valeur] ».")
    return tuple(
        (str(column), tuple(map(str, values if isinstance(values, list) else [values])))
        for column, values in told.items()
    )


_RULE_KEYS = {name for name in Rule.__slots__ if name != "target"} | {"column"}


def _rule(target: str, told: Any) -> Rule:
    check_target(target)
    if isinstance(told, str):
        return Rule(target, (told,), how=mode_of(target))
    if isinstance(told, list):
        return Rule(target, tuple(map(str, told)), how=mode_of(target))
    if not isinstance(told, dict) or set(told) - _RULE_KEYS:
        raise DataError(
            f"Profil : le champ « {target} » n’est pas bien décrit.",
            remedy="Écrivez le nom d’une colonne, ou {column: …, words: {mot: valeur}}.",
        )
    columns = told.get("columns") or ([told["column"]] if "column" in told else [])
    constant = told.get("constant")
    words = told.get("words") or {}
    return Rule(
        target,
        tuple(map(str, columns)),
        how=str(told.get("how") or mode_of(target)),
        constant="|".join(map(str, constant)) if isinstance(constant, list) else constant,
        join=told.get("join"),
        split=told.get("split"),
        part=int(told.get("part", 0)),
        words=tuple((str(word), _joined(value)) for word, value in words.items()),
        only_words=bool(told.get("only_words", False)),
        keep=told.get("keep"),
        when=_conditions(told.get("when")),
    )


def _joined(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


# -- fields ---------------------------------------------------------------------------------------


@cache
def place_targets() -> dict[str, dict[str, Any]]:
    """Return the fields of ``params/fields.yaml``, by path."""
    return parameters("fields")


def mode_of(target: str) -> str:
    """Return how several columns of one field are read: ``first``, ``many`` or ``single``."""
    card = place_targets().get(target)
    if card:
        return str(card.get("mode", "first"))
    return (
        "many"
        if target.startswith(("hours.", "programmes.")) or service_target(target)
        else "first"
    )


def reader_of(target: str) -> str:
    """Return the name of the reader of a field."""
    card = place_targets().get(target)
    if card:
        return str(card["reader"])
    if target.startswith("hours."):
        return "text"
    if target.startswith("programmes."):
        return "boolean"
    if target.startswith("helpers."):
        return "helpers"
    found = service_target(target)
    return str(parameters("parts")["readers"][found[2]]) if found else "text"


def service_target(target: str) -> tuple[Block, str, str, str | None] | None:
    """Return (block, key of the service, field, day) of ``services.aide-1.hours.Mo``."""
    match = _SERVICE.fullmatch(target)
    if match is None or match[1] not in [str(b) for b in Block]:
        return None
    if match[3] not in parameters("parts")["readers"] or (match[4] and match[3] not in _DAILY):
        return None
    key = match[1] if match[2] is None else f"{match[1]}-{match[2]}"
    return Block(match[1]), key, match[3], match[4]


def check_target(target: str) -> None:
    """Raise :class:`DataError` when a field does not exist."""
    parts = parameters("parts")
    day = target.removeprefix("hours.") in DAYS and target.startswith("hours.")
    role = target.startswith("helpers.") and target.split(".")[1] in parts["roles"]
    programme = (
        target.startswith("programmes.") and target.split(".", 1)[1] in parts["programme_columns"]
    )
    if target in place_targets() or day or role or programme or service_target(target):
        return
    raise DataError(
        f"Profil : le champ « {target} » n’existe pas.",
        remedy=f"Champs : {', '.join(place_targets())}, hours.Mo à hours.Su, services.BLOC.CHAMP.",
    )


def label_of(target: str | None) -> str:
    """Return the French label of a field."""
    if target is None:
        return "laissée de côté"
    card = place_targets().get(target)
    if card:
        return str(card["label"])
    day = target.rsplit(".", 1)[-1]
    parts = parameters("parts")
    days = f", {parts['days'][day][0]}" if day in DAYS else ""
    found = service_target(target)
    if found:
        return f"{found[0].label} : {parts['labels'][found[2]]}{days}"
    if target.startswith("helpers."):
        return f"Nombre : {parts['roles'][target.split('.')[1]]['label']}"
    return (
        f"Horaires{days}"
        if target.startswith("hours.")
        else target.replace("programmes.", "Dispositif : ")
    )


# -- recognising a header -------------------------------------------------------------------------


def fingerprint(columns: Iterable[str]) -> str:
    """Return what identifies a header, whatever the order, case and accents of its columns."""
    names = sorted(header_key(column) for column in columns)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def recognised(columns: Collection[str], mappings: Iterable[Mapping]) -> Mapping | None:
    """Return the mapping whose signature is wholly in a header; the longest signature wins."""
    present = set(columns)
    candidates = [
        m
        for m in mappings
        if m.signature
        and set(m.signature) <= present
        and (not m.exact or set(m.signature) == present)
    ]
    return max(candidates, key=lambda m: (len(m.signature), m.id), default=None)


def named(name: str, mappings: Iterable[Mapping]) -> Mapping:
    """Return a mapping by its identifier; :class:`ParameterError` when there is none."""
    known = {mapping.id: mapping for mapping in mappings}
    if name in known:
        return known[name]
    raise ParameterError(
        f"Profil inconnu : « {name} ».", remedy=f"Profils : {', '.join(sorted(known))}."
    )
