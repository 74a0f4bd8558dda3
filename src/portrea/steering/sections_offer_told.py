"""The offer of the complete portrait: coverage, visibility, appeal, what to remember of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering.display import parameters
from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.sections_answers import answer_lessons, answer_parts
from portrea.steering.sections_offer_census import (
    OUTSIDE,
    appeal_section,
    coverage_section,
)
from portrea.steering.wording import counted, mark
from portrea.vocab.hours import week_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.sections_answers import Answers
    from portrea.steering.sections_offer_census import Census

SATURDAY, EVENING = 5, 18 * 60
FREE = "Gratuit"
_NOUNS = {"commune": ("commune", "communes"), "lieu": ("lieu", "lieux")}
_VERBS = {
    "communes": ("n’a", "n’ont"),
    "samedi": ("ouvre", "ouvrent"),
    "soir": ("reste ouvert", "restent ouverts"),
    "gratuit": ("est gratuit", "sont gratuits"),
    "aller-vers": ("va", "vont"),
}


def offer_sections(census: Census | None, answers: Answers | None) -> tuple[Section, ...]:
    """Return the sections of the offer that have data, what to remember first."""
    made = [
        lessons_section(census, answers),
        _with_answers(coverage_section(census) if census else None, answers, "offre-maillage"),
        _with_answers(None, answers, "offre-visibilite"),
        _with_answers(appeal_section(census) if census else None, answers, "offre-attractivite"),
    ]
    return tuple(section for section in made if section is not None)


def lessons_section(census: Census | None, answers: Answers | None) -> Section | None:
    """Say what to remember: the rules of ``params/offer_answers.yaml`` that data meets."""
    rows = [(text, census.told) for _id, text in census_lessons(census)] if census else []
    if answers is not None:
        rows += [(text, answers.short) for text in answer_lessons(answers.blocks)]
    if not rows:
        return None
    count = len(rows)
    told = counted(integer(count), count, "constat que les données montrent",
                   "constats que les données montrent")  # fmt: skip
    columns = (Column("Ce que l’on retient"), Column("D’où cela vient"))
    table = Table(
        "offre-lecons", "Les principaux enseignements sur l’offre", columns,
        tuple((Cell(text), Cell(source)) for text, source in rows),
        "Des règles choisissent ces phrases dans les données ; personne ne les écrit à la main. "
        "Leurs seuils sont une hypothèse de Portrea.",
    )  # fmt: skip
    return Section(
        "offre-enseignements", "Ce qu’il faut retenir de l’offre", Sentence(f"{told}."),
        tables=(replace(table, note=mark(table.note)),),
        notes=(answers.source,) if answers else (),
    )  # fmt: skip


def census_lessons(census: Census) -> Iterator[tuple[str, str]]:
    """Yield (rule, sentence) for each rule that the census meets."""
    card = parameters("offer_answers")
    for name, (count, total, noun) in _counts(census).items():
        rule = card["census"][name]
        if not total or (name != "communes" and total < card["least"]):
            continue
        share = count / total
        if share < rule.get("at_least", 0) or share > rule.get("at_most", 1):
            continue
        if name == "communes" and not count:
            continue
        said = counted(integer(count) if count else "Aucun", count, *_NOUNS[noun])
        verb = _VERBS.get(name, ("", ""))[count > 1]
        if not count:
            verb = f"n’{verb}" if verb[:1] in "aeiou" else f"ne {verb}"
        yield name, mark(rule["text"].format(count=said, total=integer(total), verb=verb))


def _counts(census: Census) -> dict[str, tuple[int, int, str]]:
    """Return rule → how many, out of how many that tell it, of what."""
    weeks = [week for one in census.places if (week := week_of(one.hours)) is not None]
    costs = [told for one in census.places if (told := {c for s in one.services for c in s.cost})]
    ways = [
        kinds
        for one in census.places
        if (kinds := {told.kind for service in one.services for told in service.presences})
    ]
    late = sum(any(end > EVENING for spans in week for _start, end in spans) for week in weeks)
    return {
        "communes": (len(census.without), len(census.communes), "commune"),
        "horaires": (len(weeks), len(census.places), "lieu"),
        "samedi": (sum(bool(week[SATURDAY]) for week in weeks), len(weeks), "lieu"),
        "soir": (late, len(weeks), "lieu"),
        "gratuit": (sum(told == {FREE} for told in costs), len(costs), "lieu"),
        "aller-vers": (sum(bool(kinds & set(OUTSIDE)) for kinds in ways), len(ways), "lieu"),
    }


_TITLES = {
    "offre-maillage": "Le maillage : qui fait quoi, disent les structures",
    "offre-visibilite": "La visibilité : qui oriente, qui connaît les autres",
    "offre-attractivite": "L’attrait : formes d’aide, personnes qui aident",
}


def _with_answers(found: Section | None, answers: Answers | None, theme: str) -> Section | None:
    """Add the answers of a theme to a section, or make it of them alone."""
    parts = answer_parts(answers, theme)
    if not parts or answers is None:
        return found
    if found is None:
        lead = Sentence(f"Ce qu’en disent {answers.count} structures qui ont répondu.")
        return Section(theme, mark(_TITLES[theme]), lead, notes=(answers.source,), parts=parts)
    return replace(found, parts=(*found.parts, *parts))
