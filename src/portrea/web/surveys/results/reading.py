"""The answers of a survey counted: their table, sample, themes, texts read again, method."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portrea.base.errors import DataError
from portrea.base.estimates import integer, percent
from portrea.surveys.composing import Composer
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample
from portrea.surveys.form import Kind, Question, said
from portrea.surveys.frames import asked_once, frame_of, merged, with_column
from portrea.surveys.report import report_of
from portrea.surveys.results import Survey as Counted
from portrea.surveys.showing import Bar, Crossing, Shown, effect_words
from portrea.surveys.themes import for_portrait
from portrea.web.accounts.scope import name_of
from portrea.web.surveys.coding.texts import coded_column, coded_questions, kept
from portrea.web.surveys.models import Invitation, Publication, Theme
from portrea.web.surveys.results.portrait import EVERYWHERE, PORTRAIT, may_quote, profile_of
from portrea.web.surveys.rounds.words import WAYS
from portrea.web.surveys.versions import form_of
from portrea.web.surveys.weighting.weights import is_weighted, weighing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.surveys.form import Form
    from portrea.surveys.report import Report
    from portrea.web.surveys.models import Submission, Survey

THEMES = "__themes"
"""What ends the name of the question made of the themes of an open question."""


@dataclass(frozen=True, eq=False)
class Found:
    """A survey read: its answers, its report as written, what its weights did or why none."""

    survey: Survey
    rows: Sequence[Submission]
    forms: tuple[Form, ...]
    counted: Counted
    report: Report
    weighted: bool
    unweighable: str = ""

    @property
    def form(self) -> Form:
        """The questions of every version, and the themes of coded ones."""
        return self.counted.form

    def read_texts(self, use: str = "") -> dict[str, list[tuple[str, str]]]:
        """Return question → (identifier, text) of the answers read again that may be quoted."""
        names = [one.name for one in asked_once(self.form) if one.kind is Kind.TEXT]
        told = self.counted.answers
        ranks = [
            rank
            for rank, row in enumerate(self.rows)
            if row.reviewed and may_quote(self.survey, row, use)
        ]
        return {
            name: [(str(self.rows[rank].uuid), told[name][rank]) for rank in ranks
                   if told[name][rank]]
            for name in names
        }  # fmt: skip


def read(survey: Survey, *, weighted: bool | None = None) -> Found:
    """Read the answers that count, once; ``weighted`` is as the report says when it is not told."""
    rows = list(kept(survey))
    versions = list(dict.fromkeys([survey.version_id, *sorted((r.version_id for r in rows),
                                                              reverse=True)]))  # fmt: skip
    forms = tuple(form_of(version) for version in versions)
    form = merged(forms)
    answers = frame_of(form, [row.answers for row in rows])
    for name in coded_questions(survey):
        form, answers = _themed(survey, form, answers, rows, name)
    report = report_of(survey.report, form)
    asked = report.weighted if weighted is None else weighted
    sample, why = _sample(survey, answers, weighted=asked)
    counted = Counted.of(form, answers, sample, now=timezone.now())
    used = asked and is_weighted(survey) and not why
    return Found(survey, rows, forms, counted, report, used, why)


def composed(found: Found, *, public: bool, report: Report | None = None) -> list[Shown]:
    """Return the questions of a report: whole for the team, or as anybody may read them."""
    told = report or found.report
    read_again = _quoted(found, EVERYWHERE) if public else found.read_texts()
    texts = {name: [text for _uuid, text in rows] for name, rows in read_again.items()}
    composer = Composer(found.counted, told, found.survey.questionnaire.model, texts)
    return composer.public() if public else composer.whole()


def edition(found: Found) -> dict[str, Any]:
    """Return what is published: plain values that no later answer changes."""
    survey, report = found.survey, found.report
    blocks = composed(found, public=True)
    return {
        "title": report.title or survey.title,
        "intro": report.intro or survey.purpose,
        "synthetic": bool(survey.report.get("synthetic")),
        "where": name_of(survey.territory),
        "answers": len(found.rows),
        "blocks": [asdict(one) for one in blocks if _has_something(one)],
        "method": method_of(found),
        "cite": cite(found),
    }


def portrait_part(found: Found) -> dict[str, Any]:
    """Return what the portrait of the territory tells: same questions, groups compared."""
    survey = found.survey
    report = for_portrait(found.report, found.form, survey.questionnaire.model)
    blocks = composed(found, public=True, report=report)
    return {
        "blocks": [asdict(replace(one, texts=())) for one in blocks],
        "profile": profile_of(survey, found.counted, weighted=found.weighted),
        "quotes": [pair for rows in _quoted(found, PORTRAIT).values() for pair in rows],
    }


def method_of(found: Found) -> list[list[str]]:
    """Return what a reader must know of how this was asked, in rows of (what, words)."""
    survey = found.survey
    way = next(way for way in WAYS if way.design == survey.design)
    rows = [
        ["Qui a répondu", _who(found)],
        ["Comment", f"{way.label}."],
        ["Quand", _when(found.rows)],
        ["Questionnaire", f"« {survey.questionnaire.title} », version {survey.version.number}."],
        ["Par où", _channels(found.rows)],
        ["Redressement", _weighing(found)],
        ["Ce que l’on peut en dire", str(way.may)],
        ["Ce que l’on ne peut pas en dire", f"{way.may_not} Rien ici ne dit une cause."],
        ["Petits nombres", "De 1 à 4 réponses, ou ce qui les ferait retrouver : retiré. En dessous "
         "de 10 réponses, aucun pourcentage ; en dessous de 30, « peu de réponses »."],
        ["Une note du ou de la référent·e", found.report.method],
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def cite(found: Found) -> str:
    """Return how to cite these results."""
    survey = found.survey
    told = "jeu synthétique, " if survey.report.get("synthetic") else ""
    return (
        f"« {found.report.title or survey.title} », {name_of(survey.territory)}, enquête faite "
        f"avec Portrea ({told}{integer(len(found.rows))} réponses, {survey.design}), "
        f"{_when(found.rows).rstrip('.').lower()}."
    )


def blocks_of(content: dict[str, Any]) -> list[Shown]:
    """Return the questions of an edition, or of what it keeps for the portrait, as they were."""
    found = []
    for told in content["blocks"]:
        crossing = told["crossing"] and Crossing(
            **{name: _tuples(value) for name, value in told["crossing"].items()}
        )
        bars = tuple(Bar(**bar) for bar in told["bars"])
        plain = {name: _tuples(value) for name, value in told.items()}
        found.append(Shown(**plain | {"bars": bars, "crossing": crossing}))
    return found


def edition_in_force(survey: Survey) -> Publication | None:
    """Return the newest edition that was not withdrawn, when the survey is published."""
    if survey.published is None:
        return None
    return Publication.objects.filter(survey=survey, withdrawn=None).first()


def with_crossing(report: Report, by: str) -> Report:
    """Return a report where every question is crossed by another, for the team."""
    blocks = tuple(replace(one, by=by if one.question != by else "") for one in report.blocks)
    return replace(report, blocks=blocks)


def _quoted(found: Found, use: str) -> dict[str, list[tuple[str, str]]]:
    """Return the texts that the report quotes, among those that may be quoted somewhere."""
    chosen = {one.question: set(one.quotes) for one in found.report.blocks if one.shown}
    return {
        name: [pair for pair in rows if pair[0] in chosen.get(name, ())]
        for name, rows in found.read_texts(use).items()
    }


def _has_something(one: Shown) -> bool:
    return bool(one.bars or one.facts or one.texts or one.comment)


def _sample(survey: Survey, answers: Any, *, weighted: bool) -> tuple[Sample, str]:
    weights, why = None, ""
    if weighted and is_weighted(survey):
        try:
            weights = weighing_of(survey, answers).weights
        except DataError as error:
            why = " ".join(filter(None, (error.message, error.remedy)))
    told = {"design": Design(survey.design), "weights": weights, "population": survey.population}
    return Sample.of(answers.height, **told), why


def _themed(
    survey: Survey, form: Form, answers: Any, rows: Sequence[Submission], name: str
) -> tuple[Form, Any]:
    themes = Theme.objects.filter(survey=survey, question=name)
    column = coded_column(survey, name)
    told = [" ".join(theme.name for theme in column.get(row.uuid, ())) for row in rows]
    asked = next((one for one in form.questions() if one.name == name), None)
    label = said(asked.label, form.languages[0]) if asked else name
    question = Question(
        name=f"{name}{THEMES}", kind=Kind.SEVERAL, choices=f"{name}{THEMES}",
        label={"": f"{label} – thèmes des réponses libres, codées à la main"},
    )  # fmt: skip
    return with_column(form, answers, question, {one.name: one.label for one in themes}, told)


def _who(found: Found) -> str:
    told = f"{integer(len(found.rows))} réponses."
    asked = found.survey.invitations.count()
    if asked:
        outcome = Invitation.Outcome.ANSWERED
        answered = found.survey.invitations.filter(outcome=outcome).count()
        told += f" {integer(asked)} invitations, {percent(answered / asked)} ont répondu."
    if found.survey.population:
        told += f" Population visée : {integer(found.survey.population)}."
    return told


def _when(rows: Sequence[Submission]) -> str:
    days = sorted(timezone.localdate(row.answered) for row in rows)
    if not days:
        return ""
    first, last = (day.strftime("%d/%m/%Y") for day in (days[0], days[-1]))
    return f"Le {first}." if first == last else f"Du {first} au {last}."


def _channels(rows: Sequence[Submission]) -> str:
    words = Counter(row.get_channel_display() for row in rows)
    return ", ".join(word for word, _count in words.most_common()).capitalize()


def _weighing(found: Found) -> str:
    if found.unweighable:
        return f"Aucun : {found.unweighable}"
    if not found.weighted:
        return "Aucun : chaque réponse compte pour une."
    source = found.survey.margins_source
    told = effect_words(found.counted, asked_weights=True)
    return " ".join(filter(None, (told, f"Totaux : {source}." if source else "")))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
