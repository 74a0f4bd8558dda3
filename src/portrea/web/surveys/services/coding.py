"""Coding open answers by hand: the codebook, what each coder puts, what two settle together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.coding import MOST_THEMES, code_of, proposed, read_codebook
from portrea.surveys.privacy import findings
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.surveys.coding.texts import texts_of
from portrea.web.surveys.models import Coding, Mark, Submission, Survey, Theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from portrea.surveys.coding import Entry

FIELDS = ("label", "definition", "exclusion", "example")


@act("survey.run")
@transaction.atomic
def theme_save(
    *, actor: Any, survey: Survey, question: str, told: Mapping[str, str], theme: int | None = None
) -> Theme:
    """Add a theme at the end of the codebook, or change one; its code never changes."""
    _may(actor, survey)
    fields = {name: told.get(name, "").strip() for name in FIELDS}
    fields["label"] = fields["label"][:120]
    if not fields["label"]:
        raise DataError("Le thème n’a pas de nom.", remedy="Donnez-lui un nom court.")
    _refuse_real_words(survey, question, fields["example"])
    if theme is None:
        found = _new(survey, question, fields["label"])
    else:
        found = _theme(survey, question, theme)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    _write(actor, survey, {"question": question, "thème": found.label})
    return found


@act("survey.run")
@transaction.atomic
def codebook_add(*, actor: Any, survey: Survey, question: str, entries: Sequence[Entry]) -> int:
    """Add or change themes by their code (a file, a proposal); marks stay. Return how many."""
    _may(actor, survey)
    for entry in entries:
        _refuse_real_words(survey, question, entry.example)
        found = survey.themes.filter(question=question, name=entry.name).first()
        found = found or _new(survey, question, entry.label, entry.name)
        for name in FIELDS:
            setattr(found, name, getattr(entry, name))
        found.save()
    _write(actor, survey, {"question": question, "thèmes": len(entries)})
    return len(entries)


def codebook_import(*, actor: Any, survey: Survey, question: str, text: str) -> int:
    """Add the themes of a CSV file."""
    return codebook_add(actor=actor, survey=survey, question=question, entries=read_codebook(text))


def codebook_propose(*, actor: Any, survey: Survey, question: str) -> int:
    """Add the themes proposed for the ready questionnaire that this one comes from."""
    entries = proposed(survey.questionnaire.model, question)
    return codebook_add(actor=actor, survey=survey, question=question, entries=entries)


@act("survey.run")
@transaction.atomic
def theme_remove(*, actor: Any, survey: Survey, question: str, theme: int) -> int:
    """Remove a theme; the answers that had it keep their other themes. Return how many had it."""
    _may(actor, survey)
    found = _theme(survey, question, theme)
    had = found.marks.values("submission", "path").distinct().count()
    _write(actor, survey, {"question": question, "thème retiré": found.label, "réponses": had})
    found.delete()
    return had


@act("survey.run")
@transaction.atomic
def theme_merge(*, actor: Any, survey: Survey, question: str, theme: int, into: int) -> Theme:
    """Put the answers of a theme under another one, then remove it."""
    _may(actor, survey)
    if theme == into:
        raise DataError("Un thème ne se joint pas à lui-même.", remedy="Choisissez-en un autre.")
    gone, target = _theme(survey, question, theme), _theme(survey, question, into)
    for mark in gone.marks.all():
        mark.themes.add(target)
    _write(actor, survey, {"question": question, "thèmes joints": [gone.label, target.label]})
    gone.delete()
    return target


@act("survey.run")
@transaction.atomic
def theme_split(
    *,
    actor: Any,
    survey: Survey,
    question: str,
    theme: int,
    label: str,
    choices: Mapping[str, str],
) -> Theme:
    """Make a new theme out of another one.

    ``choices`` maps « submission path » to ``new`` (leaves the old theme), ``both`` or ``old``:
    it holds for everyone who put the old theme there.
    """
    _may(actor, survey)
    old = _theme(survey, question, theme)
    new = theme_save(actor=actor, survey=survey, question=question, told={"label": label})
    Theme.objects.filter(pk=new.pk).update(rank=old.rank)
    for mark in old.marks.all():
        chosen = choices.get(f"{mark.submission_id} {mark.path}", "old")
        if chosen in {"new", "both"}:
            mark.themes.add(new)
        if chosen == "new":
            mark.themes.remove(old)
    return new


@act("survey.run")
@transaction.atomic
def theme_move(*, actor: Any, survey: Survey, question: str, theme: int, up: bool) -> None:
    """Move a theme one place up or down in the codebook."""
    _may(actor, survey)
    themes = list(survey.themes.filter(question=question))
    at = themes.index(_theme(survey, question, theme))
    to = at - 1 if up else at + 1
    if 0 <= to < len(themes):
        themes[at], themes[to] = themes[to], themes[at]
    for rank, one in enumerate(themes):
        one.rank = rank
    Theme.objects.bulk_update(themes, ["rank"])


@act("survey.run")
def coding_share(*, actor: Any, survey: Survey, question: str, twice: int) -> Coding:
    """Say which share (%) two people code; the draw keeps its seed."""
    _may(actor, survey)
    found = coding_of(survey, question)
    found.twice = min(100, max(0, twice))
    found.save()
    return found


def coding_of(survey: Survey, question: str) -> Coding:
    """Return how a question is coded; the seed of its draw never changes."""
    told = {"survey": survey, "question": question}
    return Coding.objects.get_or_create(**told, defaults={"seed": survey.key})[0]


@act("survey.run")
@transaction.atomic
def mark_put(*, actor: Any, survey: Survey, uuid: UUID, path: str, themes: Sequence[int]) -> Mark:
    """Keep the themes that someone gives to one open answer (none: nothing fits)."""
    _may(actor, survey)
    submission = _answer(survey, uuid, path)
    told = {"coder": Actor.of(actor).user, "settled": False}
    mark, _new_one = Mark.objects.get_or_create(submission=submission, path=path, **told)
    return _themed(mark, themes)


@act("survey.run")
@transaction.atomic
def mark_settle(
    *, actor: Any, survey: Survey, uuid: UUID, path: str, themes: Sequence[int]
) -> Mark:
    """Keep what two people agreed on; what each had put stays, for the agreement to be told."""
    _may(actor, survey)
    submission = _answer(survey, uuid, path)
    mark, _new_one = Mark.objects.get_or_create(
        submission=submission, path=path, settled=True, defaults={"coder": Actor.of(actor).user}
    )
    return _themed(mark, themes)


def _themed(mark: Mark, themes: Sequence[int]) -> Mark:
    question = mark.path.rsplit("/", 1)[-1]
    known = Theme.objects.filter(survey=mark.submission.survey_id, question=question)
    mark.themes.set(known.filter(pk__in=themes))
    mark.at = timezone.now()
    mark.save(update_fields=["at"])
    return mark


def _answer(survey: Survey, uuid: UUID, path: str) -> Submission:
    found = survey.submissions.filter(uuid=uuid, set_aside="").first()
    if found is None or len(path) > 200:
        raise DataError("Cette réponse n’est plus dans l’enquête.", remedy="Passez à la suivante.")
    return found


def _theme(survey: Survey, question: str, theme: int) -> Theme:
    found = survey.themes.filter(question=question, pk=theme).first()
    if found is None:
        raise DataError("Ce thème n’existe plus.", remedy="Rechargez le livre de codes.")
    return found


def _new(survey: Survey, question: str, label: str, name: str = "") -> Theme:
    taken = set(survey.themes.filter(question=question).values_list("name", flat=True))
    if len(taken) >= MOST_THEMES:
        raise DataError(
            f"Il y a déjà {MOST_THEMES} thèmes.", remedy="Joignez ceux qui se ressemblent."
        )
    bare = name or code_of(label) or "theme"
    free = (bare, *(f"{bare[:36]}-{number}" for number in range(2, MOST_THEMES + 2)))
    made = next(one for one in free if one not in taken)
    return Theme(survey=survey, question=question, name=made, rank=len(taken))


def _refuse_real_words(survey: Survey, question: str, example: str) -> None:
    """Refuse an example that names somebody, or that is an answer copied."""
    if not example:
        return
    told = next((one for one in findings(example) if one.identifies), None)
    if told:
        raise DataError(
            f"L’exemple contient : {told.label}.", remedy="Écrivez un exemple sans rien de réel."
        )
    bare = " ".join(example.lower().split()).strip("«» .")
    if len(bare) > 12 and any(
        bare in " ".join(one.text.lower().split()) for one in texts_of(survey, question)
    ):
        raise DataError(
            "L’exemple est dans une réponse : le livre de codes circule, les réponses non.",
            remedy="Écrivez-le avec vos mots.",
        )


def _may(actor: Any, survey: Survey) -> None:
    require(actor, "survey.run", survey.territory)
    require(actor, "survey.read", survey.territory)


def _write(actor: Any, survey: Survey, after: dict[str, Any]) -> None:
    journal.record(
        act="survey.run", actor=actor, target=survey, territory=survey.territory, after=after
    )
