"""Faults of opening hours: bad syntax, and good syntax that does not say what is meant."""

from __future__ import annotations

import re

from portrea.base.errors import Diagnostic
from portrea.vocab.hours import is_valid, read_rule


def check(osm: str, *, row: int | None = None, field: str = "horaires") -> list[Diagnostic]:
    """Return the faults of an expression: syntax, and valid ones that do not say what is meant."""
    if not is_valid(osm):
        remedy = "Écrivez par exemple « Mo-Fr 09:00-12:00,14:00-17:30; PH off »."
        message = "horaires qui ne sont pas au format OSM opening_hours"
        return [Diagnostic("hours-syntax", message, row, field, osm, remedy)]
    rules = [rule.strip() for rule in osm.split(";")]
    found = [
        fault for test in (_holidays_first, _lost_spans, _school, _night) if (fault := test(rules))
    ]
    return [Diagnostic(code, text, row, field, osm, remedy) for code, text, remedy in found]


Fault = tuple[str, str, str] | None


def _holidays_first(rules: list[str]) -> Fault:
    closing = [rank for rank, rule in enumerate(rules) if re.match(r"PH\b.*(?:off|closed)", rule)]
    if not closing or closing[-1] == len(rules) - 1:
        return None
    return (
        "hours-holidays",
        "« PH off » est suivi d’une autre règle, qui rouvre les jours fériés",
        "Placez « PH off » en dernier.",
    )


def _lost_spans(rules: list[str]) -> Fault:
    """Find a rule that later ones hide wholly (an exception for some of its days is meant)."""
    read = [found for rule in rules if (found := read_rule(rule)) is not None]
    for rank, (days, spans) in enumerate(read):
        later = {day for after, _ in read[rank + 1 :] for day in after}
        if spans and set(days) <= later:
            return (
                "hours-lost",
                "deux règles pour les mêmes jours : la seconde efface la première",
                "Écrivez les plages dans une seule règle : « Mo-Fr 09:00-12:00,14:00-18:00 ».",
            )
    return None


def _school(rules: list[str]) -> Fault:
    if not any(re.search(r"\bSH\b", rule) for rule in rules):
        return None
    return (
        "hours-school",
        "« SH » (vacances scolaires) ne dit pas de quelle zone ni de quelle année il s’agit",
        "Remplacez « SH » par les dates des vacances de la zone.",
    )


def _night(rules: list[str]) -> Fault:
    if not any(re.search(r"-(?:2[5-9]|[3-4]\d):", rule) for rule in rules):
        return None
    return (
        "hours-night",
        "heure de fermeture après minuit, souvent une faute de frappe",
        "Vérifiez l’heure de fermeture.",
    )
