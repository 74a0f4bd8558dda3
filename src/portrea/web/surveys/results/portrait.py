"""What an edition keeps for the portrait of its territory: who answered, and who may be quoted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portrea.surveys.form import said
from portrea.surveys.profile import REST, compared, compared_places
from portrea.surveys.themes import themes
from portrea.web.surveys.services.weighting import sources_of
from portrea.web.surveys.versions import as_asked
from portrea.web.surveys.weighting import census
from portrea.web.surveys.weighting.weights import choices_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.results import Survey as Counted
    from portrea.web.surveys.models import Submission, Survey

TESTIMONY = "temoignage"
EVERYWHERE, PORTRAIT = "partout", "portrait"


def may_quote(survey: Survey, row: Submission, use: str = "") -> bool:
    """Tell whether the words of an answer may be quoted somewhere (anywhere when not told).

    A testimony says itself where it may be; other questionnaires warn that free texts, once read
    again, may be published.
    """
    if survey.questionnaire.model != TESTIMONY:
        return True
    allowed = {EVERYWHERE, use} if use else {EVERYWHERE, PORTRAIT}
    return row.answers.get("publier") == "oui" and row.answers.get("emploi") in allowed


def profile_of(survey: Survey, counted: Counted, *, weighted: bool) -> list[dict[str, Any]]:
    """Return who answered beside the census, question by question; small counts are gone."""
    asked = {one.name: one for one in counted.form.questions()}
    kept = as_asked(survey, survey.margins)
    names = [*kept, *themes(survey.questionnaire.model).census]
    found = []
    for name in dict.fromkeys(one for one in names if one in asked):
        written = name not in counted.tallies.choices
        choices = {
            one.name: said(one.label, counted.form.languages[0])
            for one in counted.tallies.choices.get(name, ())
        }
        margin, source = _margin(survey, name, choices, kept)
        if len(margin) < 2:
            continue
        counts, weights = _counts(survey, counted, name, choices or margin)
        own = weights if weighted else None
        lines = (compared_places if written else compared)(counts, margin, own)
        labels = census.communes_of(survey.level, survey.code) if written else choices
        told = [asdict(one) | {"label": _label(one.group, labels)} for one in lines]
        if told:
            title = said(asked[name].label, counted.form.languages[0]) or name
            found.append({"question": name, "title": title, "source": source, "lines": told})
    return found


def _margin(
    survey: Survey, name: str, choices: Mapping[str, str], kept: Mapping[str, Mapping[str, float]]
) -> tuple[Mapping[str, float], str]:
    """Return the totals kept for a question, else those the store gives, with their source."""
    if name in kept:
        return kept[name], sources_of(survey)[name]
    offered = census.offers(survey.level, survey.code, choices, named=name)
    if not offered:
        return {}, ""
    return offered[0].margin, f"{offered[0].title}, {offered[0].source}"


def _counts(
    survey: Survey, counted: Counted, name: str, known: Mapping[str, object]
) -> tuple[dict[str, int], dict[str, float]]:
    """Return answers and weights by choice; what names no choice is under ``REST``."""
    told = choices_of(survey, name, counted.answers)
    groups = [one if one in known else REST for one in told]
    kept = [(group, w) for group, text, w in
            zip(groups, told, counted.sample.weights.tolist(), strict=True) if text]  # fmt: skip
    weights: defaultdict[str, float] = defaultdict(float)
    for group, weight in kept:
        weights[group] += weight
    counts = Counter(group for group, _weight in kept)
    every = [*known, *([REST] if counts[REST] else [])]
    return {one: counts[one] for one in every}, dict(weights)


def _label(group: str, labels: Mapping[str, str]) -> str:
    if group == REST:
        return "Autres communes, ou commune non reconnue"
    return " + ".join(labels.get(name, name) for name in group.split())
