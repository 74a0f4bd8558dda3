"""What the pages that run a survey read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import Http404
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portrea.surveys.form import said
from portrea.surveys.response import Progress, progress
from portrea.web.accounts.permissions import may
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import condition, keys_of
from portrea.web.surveys.models import Clash, Invitation, Questionnaire, Submission, Survey
from portrea.web.surveys.rounds.state import State, ended, free_questions, state_of
from portrea.web.surveys.versions import as_asked, form_asked, form_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Row:
    """A survey of the list."""

    survey: Survey
    where: str
    state: State
    answers: int
    last: Any
    cells: int
    cells_met: int


def survey_found(who: Any, key: str, act: str) -> Survey:
    """Return a survey that someone may do this with."""
    found = Survey.objects.select_related("questionnaire", "version").filter(key=key).first()
    if found is None:
        raise Http404(key)
    if not may(who, act, found.territory):
        raise PermissionDenied(_("Cette enquête n’est pas dans vos territoires."))
    return found


def surveys_listed(who: Any, state: str = "", words: str = "") -> list[Row]:
    """Return the surveys that someone may see, newest first."""
    rows = Survey.objects.filter(condition(keys_of(who, "survey.results")))
    if words:
        rows = rows.filter(title__icontains=words[:80])
    kept = Q(submissions__set_aside="")
    rows = rows.annotate(n=Count("submissions", filter=kept), last=Max("submissions__received"))
    found = [_row(one) for one in rows.select_related("version")]
    return [row for row in found if not state or row.state.name.lower() == state]


def _row(survey: Any) -> Row:
    told = quotas_progress(survey, survey.quotas).values()
    cells = [cell for one in told for cell in one.cells]
    met = sum(not cell.left for cell in cells)
    where = name_of(survey.territory)
    return Row(survey, where, state_of(survey), survey.n, survey.last, len(cells), met)


def kept_answers(survey: Survey) -> QuerySet[Submission]:
    """Return the answers that count: those set aside are left out."""
    return survey.submissions.filter(set_aside="")


def quotas_progress(survey: Survey, quotas: Mapping[str, Mapping[str, int]]) -> dict[str, Progress]:
    """Return where each quota stands, in the order they are given, counted by the database."""
    found = {}
    for name, wanted in quotas.items():
        told = kept_answers(survey).order_by().annotate(told=KeyTextTransform(name, "answers"))
        counted = told.values("told").annotate(n=Count("pk")).values_list("told", "n")
        got = {choice: n for choice, n in counted if choice}
        found[name] = progress(wanted, got)
    return found


@dataclass(frozen=True, slots=True)
class QuotaTable:
    """The quotas of a question with its words: rows of (label, asked, got, left)."""

    name: str
    label: str
    rows: tuple[tuple[str, int, int, int], ...]
    outside: int
    met: bool
    wanted: int
    got: int


def quota_tables(survey: Survey) -> list[QuotaTable]:
    """Return the quotas of a survey in the words of its questionnaire."""
    form = form_asked(survey)
    language = form.languages[0]
    found = []
    for name, told in quotas_progress(survey, as_asked(survey, survey.quotas)).items():
        try:
            label = said(form.item(name).label, language)
        except KeyError:
            label = name
        rows = tuple(
            (_choice(form, name, c.choice, language), c.wanted, c.got, c.left) for c in told.cells
        )
        wanted, got = sum(c.wanted for c in told.cells), sum(c.got for c in told.cells)
        found.append(QuotaTable(name, label or name, rows, told.outside, told.met, wanted, got))
    return found


def _choice(form: Any, name: str, choice: str, language: str) -> str:
    try:
        return form.choice_label(name, choice, language) or choice
    except KeyError:
        return choice


@dataclass(frozen=True, slots=True)
class Board:
    """What stands at the head of a survey."""

    state: State
    answers: int
    set_aside: int
    last: Any
    channels: tuple[tuple[str, int], ...]
    faulty: int
    clashes: int
    late: int
    waiting_files: int
    invited: int
    to_read: int


def board_of(survey: Survey) -> Board:
    """Return the counts of a survey."""
    rows = survey.submissions.all()
    kept = kept_answers(survey)
    end = ended(survey)
    channels = dict(kept.order_by().values_list("channel").annotate(n=Count("pk")))
    words = {value: str(label) for value, label in Submission._meta.get_field("channel").choices}
    return Board(
        state=state_of(survey),
        answers=kept.count(),
        set_aside=rows.exclude(set_aside="").count(),
        last=rows.aggregate(last=Max("received"))["last"],
        channels=tuple((words[name], channels[name]) for name in words if name in channels),
        faulty=kept.exclude(faults={}).count(),
        clashes=Clash.objects.filter(submission__survey=survey, decided="").count(),
        late=kept.filter(received__gt=end).count() if end else 0,
        waiting_files=kept.exclude(waits_for=[]).count(),
        invited=survey.invitations.count(),
        to_read=_unread(survey).count(),
    )


TABS = (
    (gettext_noop("Vue d’ensemble"), "", "survey.results"),
    (gettext_noop("Réglages"), "reglages/", "survey.run"),
    (gettext_noop("Diffuser"), "diffuser/", "survey.run"),
    (gettext_noop("Quotas"), "quotas/", "survey.run"),
    (gettext_noop("Invitations"), "invitations/", "survey.run"),
    (gettext_noop("Téléphones"), "fichiers/", "survey.run"),
    (gettext_noop("Tablettes ODK"), "odk/", "survey.run"),
    (gettext_noop("Réponses"), "reponses/", "survey.read"),
    (gettext_noop("Relire les textes"), "relecture/", "survey.run"),
    (gettext_noop("Codage"), "codage/", "survey.read"),
    (gettext_noop("Redresser"), "redresser/", "survey.read"),
    (gettext_noop("Résultats"), "resultats/", "survey.results"),
    (gettext_noop("Registre"), "registre/", "survey.results"),
)
"""Pages around a survey: their words, their address, the act that opens them."""


def _unread(survey: Survey) -> QuerySet[Submission]:
    """Return the answers that may say something freely and that nobody read over.

    Counted by the database: an answer to a form whose repeats ask for free text is one of them.
    """
    rows = kept_answers(survey).filter(reviewed=None, anonymised=None)
    said_freely = Q(pk__in=[])
    for version in set(rows.order_by().values_list("version", flat=True)):
        free = free_questions(form_of(version))
        if free is None:
            said_freely |= Q(version=version)
            continue
        for rank, name in enumerate(free):
            alias = f"text_{version}_{rank}"
            rows = rows.alias(**{alias: Cast(KeyTextTransform(name, "answers"), TextField())})
            said_freely |= Q(**{"version": version, f"{alias}__gt": ""})
    return rows.filter(said_freely)


def tabs_of(who: Any, survey: Survey, here: str) -> list[dict[str, Any]]:
    """Return the pages of a survey that someone may open; one not made yet is left out."""
    home = f"/espace/enquetes/{survey.key}/"
    return [
        {"label": _(label), "url": f"{home}{suffix}", "current": suffix == here}
        for label, suffix, act in TABS
        if may(who, act, survey.territory) and is_valid_path(f"{home}{suffix}")
    ]


def questionnaires_of(who: Any) -> list[tuple[str, str]]:
    """Return the questionnaires of one's territories that have a version."""
    rows = Questionnaire.objects.filter(
        condition(keys_of(who, "survey.prepare")), archived=None, versions__isnull=False
    ).distinct()
    return [(one.key, f"{one.title} – {name_of(one.territory)}") for one in rows]


def questionnaire_found(who: Any, key: str) -> Questionnaire:
    """Return a questionnaire that someone may open a survey on."""
    found = Questionnaire.objects.filter(condition(keys_of(who, "survey.prepare")), key=key).first()
    if found is None:
        raise Http404(key)
    return found


def outcomes_of(survey: Survey) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return outcome → how many, for everybody and by group."""
    whole: dict[str, int] = {}
    groups: dict[str, dict[str, int]] = {}
    counted = survey.invitations.order_by().values_list("kind", "outcome").annotate(n=Count("pk"))
    for kind, outcome, n in counted:
        whole[outcome] = whole.get(outcome, 0) + n
        groups.setdefault(kind or _("sans groupe"), {})[outcome] = n
    return whole, dict(sorted(groups.items()))


def invitations_listed(survey: Survey, outcome: str = "", kind: str = "") -> QuerySet[Invitation]:
    """Return the invitations of a survey, in order."""
    rows = survey.invitations.order_by("kind", "label", "pk")
    if outcome in Invitation.Outcome.values:
        rows = rows.filter(outcome=outcome)
    return rows.filter(kind=kind) if kind else rows
