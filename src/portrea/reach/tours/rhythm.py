"""How often a stop is visited, read from French: « tous les trois mois, entre le 15 et le 20 »."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from portrea.base.errors import ParameterError
from portrea.vocab.hours import NAMES

FORMS = (
    "« toutes les semaines », « 2 fois par semaine », « une semaine sur deux », "
    "« semaines paires », « tous les mois », « 1er mardi du mois », "
    "« tous les trois mois, entre le 15 et le 20 », « une fois », « le 10/12/2026 »"
)
NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "huit": 8,
    "premier": 1, "premiere": 1, "second": 2, "deuxieme": 2, "troisieme": 3, "quatrieme": 4,
}  # fmt: skip
_N = rf"(\d+|{'|'.join(NUMBERS)})"
_WEEKLY = (
    (rf"{_N} (?:fois|jours?|passages?) par semaine", "times"),
    (rf"une semaine sur {_N}", "every"),
    (rf"toutes les {_N} semaines", "every"),
    (r"(?:toutes les semaines|chaque semaine|hebdomadaire|hebdo|par semaine)", ""),
    (r"(?:tous les (?:quinze|15) jours|(?:par |chaque )?quinzaine)", "fortnight"),
)
_MONTHLY = (
    (rf"tous les {_N} mois", "every"),
    (rf"une fois tous les {_N} mois", "every"),
    (r"(?:tous les mois|chaque mois|une fois par mois|1 fois par mois|mensuel(?:le)?)", "1"),
    (r"bimestriel(?:le)?", "2"),
    (r"(?:trimestriel(?:le)?|une fois par trimestre)", "3"),
    (r"semestriel(?:le)?", "6"),
)
_BETWEEN = r"(?:entre le|du) (\d{1,2})(?:er)? (?:et le|au) (\d{1,2})(?:er)?(?: du mois)?$"
_RANKED = re.compile(
    rf"^(?:les? )?((?:\d|{'|'.join(NUMBERS)})(?:ere?|er|e|eme|nd)?"
    rf"(?:(?:,| et)(?: le)? (?:\d|{'|'.join(NUMBERS)})(?:ere?|er|e|eme|nd)?)*)"
    rf" ({'|'.join(NAMES)})s? (?:du|de chaque) mois$"
)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, in words of the calendar.

    ``kind`` is ``weekly``, ``monthly``, ``once`` or ``dates``. ``every`` counts weeks or months;
    ``times`` the days of a week; ``parity`` the parity of the ISO week when it is imposed;
    ``first_day`` and ``last_day`` the days of the month allowed; ``ranks`` and ``weekday`` the
    « 1er et 3e mardi du mois ».
    """

    kind: str
    every: int = 1
    times: int = 1
    parity: int | None = None
    first_day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    ranks: tuple[int, ...] = ()
    dates: tuple[date, ...] = ()


def read_rhythm(text: str | None) -> Rhythm:
    """Return the rhythm a French text tells.

    Raises
    ------
    ParameterError
        When it is not understood, with the forms that are.
    """
    plain = _plain(text or "")
    for read in (_read_dates, _read_ranked, _read_weekly, _read_monthly):
        found = read(plain)
        if found is not None:
            return found
    if plain in ("une fois", "1 fois", "une seule fois", "ponctuel", "ponctuelle"):
        return Rhythm("once")
    raise ParameterError(
        f"Rythme « {text or ''} » non compris.", remedy=f"Écrivez par exemple : {FORMS}."
    )


def say_rhythm(rhythm: Rhythm) -> str:
    """Write a rhythm in French, as :func:`read_rhythm` reads it."""
    if rhythm.kind == "once":
        return "une fois"
    if rhythm.kind == "dates":
        return "le " + " et le ".join(f"{day:%d/%m/%Y}" for day in rhythm.dates)
    if rhythm.kind == "weekly":
        return _say_weekly(rhythm)
    if rhythm.weekday is not None:
        ranks = " et ".join("1er" if rank == 1 else f"{rank}e" for rank in rhythm.ranks)
        return f"{ranks} {NAMES[rhythm.weekday]} du mois"
    often = "tous les mois" if rhythm.every == 1 else f"tous les {rhythm.every} mois"
    if rhythm.first_day is None:
        return often
    return f"{often}, entre le {rhythm.first_day} et le {rhythm.last_day}"


def half_as_often(rhythm: Rhythm) -> Rhythm | None:
    """Return the rhythm visited half as often, ``None`` when there is no such rhythm."""
    if rhythm.kind == "weekly" and rhythm.times > 1:
        return Rhythm("weekly", times=rhythm.times - 1)
    if rhythm.kind == "weekly" and rhythm.parity is None and rhythm.every <= 2:
        return Rhythm("weekly", every=2 * rhythm.every)
    return None


def _say_weekly(rhythm: Rhythm) -> str:
    if rhythm.times > 1:
        return f"{rhythm.times} fois par semaine"
    if rhythm.parity is not None:
        return "semaines impaires" if rhythm.parity else "semaines paires"
    return "toutes les semaines" if rhythm.every == 1 else f"une semaine sur {rhythm.every}"


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.casefold().replace("\u202f", " "))
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", kept.replace("’", "'")).strip(" .;")


def _number(text: str) -> int:
    bare = re.sub(r"(?<=\d)\D+$", "", text)
    return int(bare) if bare.isdigit() else NUMBERS[bare]


def _read_weekly(plain: str) -> Rhythm | None:
    parity = re.fullmatch(r"(?:les )?semaines? (paires?|impaires?)", plain)
    if parity:
        return Rhythm("weekly", every=2, parity=int(parity[1].startswith("im")))
    for pattern, what in _WEEKLY:
        match = re.fullmatch(pattern, plain)
        if match is None:
            continue
        if what == "fortnight":
            return Rhythm("weekly", every=2)
        count = _number(match[1]) if what else 1
        sound = 1 <= count <= (6 if what == "times" else 26)
        if not sound:
            return None
        return Rhythm("weekly", times=count) if what == "times" else Rhythm("weekly", every=count)
    return None


def _read_monthly(plain: str) -> Rhythm | None:
    head, comma, tail = plain.partition(",")
    between = re.search(_BETWEEN, plain)
    if between is not None:
        head = plain[: between.start()].strip(" ,")
    elif comma and tail.strip():
        return None
    for pattern, what in _MONTHLY:
        match = re.fullmatch(pattern, head.strip())
        if match is None:
            continue
        every = _number(match[1]) if what == "every" else int(what)
        if between is None:
            return Rhythm("monthly", every=every) if 1 <= every <= 12 else None
        first, last = int(between[1]), int(between[2])
        sound = 1 <= first <= last <= 31 and 1 <= every <= 12
        return Rhythm("monthly", every=every, first_day=first, last_day=last) if sound else None
    return None


def _read_ranked(plain: str) -> Rhythm | None:
    match = _RANKED.match(plain)
    if match is None:
        return None
    words = re.split(r",| et ", match[1])
    ranks = sorted({_rank(word.replace("le ", "").strip()) for word in words})
    if not 1 <= ranks[0] <= ranks[-1] <= 5:
        return None
    return Rhythm("monthly", weekday=NAMES.index(match[2]), ranks=tuple(ranks))


def _rank(word: str) -> int:
    digits = re.match(r"\d", word)
    return int(digits[0]) if digits else NUMBERS[word]


def _read_dates(plain: str) -> Rhythm | None:
    left = re.sub(r"\b(?:le|et|les)\b|[,;\s]", "", _DATE.sub("", plain))
    found = list(_DATE.finditer(plain))
    if left or not found:
        return None
    try:
        days = {
            date(int(m[3]), int(m[2]), int(m[1])) if m[3] else date(int(m[4]), int(m[5]), int(m[6]))
            for m in found
        }
    except ValueError:
        return None
    return Rhythm("dates", dates=tuple(sorted(days)))
