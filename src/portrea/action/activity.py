"""What was done to help, in the words of the national activity log (« Coop »): no name, ever.

A record is one help given: to one person or to a workshop. Whoever is not known is « non
renseigné », and stays so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

UNKNOWN = "NonCommunique"
LONGEST = 24 * 60
MOST_PEOPLE = 5_000
FIRST_YEAR = 2000
UNANSWERED = ("partie", "non")
"""Results that a reason explains."""
_COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}")
_BANDS = ((30, "0-30"), (60, "30-60"), (120, "60-120"))
_LAST_BAND = "120+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One help given. ``ages``, ``statuses`` and ``genders`` count people, by class.

    ``minutes`` is known or not; ``band`` is then all that is known of the duration. ``known`` are
    the people who had come before. ``other_themes`` are words that the vocabulary does not have.
    ``result`` says whether the demand found its answer, ``reason`` why it did not.
    """

    kind: str
    where: str
    day: date
    people: int = 1
    minutes: int | None = None
    band: str = ""
    known: int | None = None
    themes: tuple[str, ...] = ()
    other_themes: tuple[str, ...] = ()
    procedure: str = ""
    bodies: tuple[str, ...] = ()
    autonomy: str = ""
    equipment: tuple[str, ...] = ()
    result: str = ""
    reason: str = ""
    oriented: bool | None = None
    oriented_to: str = ""
    title: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()
    commune: str = ""
    ages: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    genders: Mapping[str, int] = field(default_factory=dict)


@cache
def words() -> Mapping[str, Any]:
    """Return the vocabularies of ``params/activite.yaml``: kind of word → {code: French}."""
    text = (files("portrea.action") / "params" / "activite.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def band_of(minutes: int) -> str:
    """Return the band in which the national statistics count a duration."""
    return next((band for most, band in _BANDS if minutes < most), _LAST_BAND)


def with_unknown(counts: Mapping[str, int], people: int) -> dict[str, int]:
    """Return counts by class where those whose class is not known are « non renseigné »."""
    told = {name: count for name, count in counts.items() if count}
    left = people - sum(told.values())
    return told | {UNKNOWN: told.get(UNKNOWN, 0) + left} if left > 0 else told


def faults(activity: Activity, *, today: date | None = None) -> dict[str, str]:
    """Return what cannot be in a record: field → why, in French.

    ``today`` is the day on the clocks of the territory; without it no day is too late.
    """
    unknown = {
        name: f"« {value} » n’est pas connu ; choisissez parmi : {', '.join(words()[listed])}."
        for name, listed, value in _coded(activity)
        if value and value not in words()[listed]
    }
    return (
        _contradictions(activity) | _when_and_where(activity, today) | _counts(activity) | unknown
    )


def _contradictions(activity: Activity) -> dict[str, str]:
    found = {}
    if activity.reason and activity.result not in UNANSWERED:
        found["reason"] = "Un motif ne va qu’avec une demande sans réponse, ou en partie seulement."
    if activity.oriented_to and activity.oriented is False:
        found["oriented_to"] = "La personne n’a pas été orientée : « vers » doit rester vide."
    return found


def _when_and_where(activity: Activity, today: date | None) -> dict[str, str]:
    found = {}
    if activity.day.year < FIRST_YEAR:
        found["day"] = f"{activity.day:%d/%m/%Y} : ce jour est trop ancien."
    if today is not None and activity.day > today:
        found["day"] = f"{activity.day:%d/%m/%Y} : ce jour n’est pas encore venu."
    if activity.commune and not _COMMUNE.fullmatch(activity.commune):
        found["commune"] = f"« {activity.commune} » n’est pas un code de commune (35238, 2A004)."
    return found


def _counts(activity: Activity) -> dict[str, str]:
    found = {}
    if not 1 <= activity.people <= MOST_PEOPLE:
        found["people"] = f"{activity.people} personne : au moins une, {MOST_PEOPLE} au plus."
    if activity.minutes is not None and not 1 <= activity.minutes <= LONGEST:
        found["minutes"] = f"{activity.minutes} minutes : de 1 à {LONGEST}."
    if activity.known is not None and not 0 <= activity.known <= activity.people:
        found["known"] = f"{activity.known} personnes déjà venues sur {activity.people}."
    for name, label in (("ages", "âges"), ("statuses", "situations"), ("genders", "genres")):
        counts = getattr(activity, name)
        if min(counts.values(), default=0) < 0 or sum(counts.values()) > activity.people:
            told = sum(counts.values())
            found[name] = f"{told} {label} pour {activity.people} personne(s)."
    return found


def _coded(activity: Activity) -> list[tuple[str, str, str]]:
    single = [
        ("kind", "kinds", activity.kind),
        ("where", "places", activity.where),
        ("autonomy", "autonomies", activity.autonomy),
        ("oriented_to", "redirections", activity.oriented_to),
        ("result", "results", activity.result),
        ("reason", "reasons", activity.reason),
        ("level", "levels", activity.level),
        ("band", "bands", activity.band),
    ]
    return [*single, *(("equipment", "equipment", one) for one in activity.equipment)]
