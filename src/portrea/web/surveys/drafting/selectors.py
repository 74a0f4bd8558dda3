"""Questionnaires as those who prepare them read them: lists, outline, what to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch
from django.http import Http404
from django.utils.translation import gettext as _

from portrea.base.errors import PortreaError
from portrea.sources.xlsform import make_xform
from portrea.surveys import editing, proofreading, telling, translating
from portrea.surveys.form import Form, Group, Item, Kind, Question, said
from portrea.surveys.models import Model, models
from portrea.surveys.plain_kinds import rules, said_kind
from portrea.surveys.xlsform import read_sheets, write_sheets
from portrea.web.accounts.permissions import may
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import condition, keys_of
from portrea.web.surveys.models import Questionnaire, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACT = "survey.prepare"


@dataclass(frozen=True, slots=True)
class Card:
    """A questionnaire in a list."""

    row: Questionnaire
    where: str
    version: Version | None
    surveys: int
    ahead: bool


def cards(who: Any, *, away: bool = False) -> list[Card]:
    """Return the questionnaires of someone’s territories, newest first."""
    rows = Questionnaire.objects.filter(condition(keys_of(who, ACT)), archived__isnull=not away)
    newest = Version.objects.defer("xform").order_by("-pk")
    rows = rows.annotate(rounds=Count("surveys")).prefetch_related(
        Prefetch("versions", queryset=newest)
    )
    return [_card(row) for row in rows]


def card_of(row: Questionnaire) -> Card:
    """Return where a questionnaire is and how its draft stands to its last version."""
    row.rounds = row.surveys.count()  # type: ignore[attr-defined]
    return _card(row)


def _card(row: Questionnaire) -> Card:
    version = next(iter(row.versions.all()), None)
    ahead = version is None or version.sheets != row.draft
    return Card(row, name_of(row.territory), version, row.rounds, ahead)  # type: ignore[attr-defined]


def found(who: Any, key: str) -> Questionnaire:
    """Return a questionnaire that someone may write, or answer 404 or 403."""
    row = Questionnaire.objects.filter(key=key).first()
    if row is None:
        raise Http404(key)
    if not may(who, ACT, row.territory):
        raise PermissionDenied(_("Ce questionnaire n’est pas dans vos territoires."))
    return row


def version_of(row: Questionnaire, number: str) -> Version:
    """Return a version by its number, or answer 404."""
    version = row.versions.filter(number=number).first()
    if version is None:
        raise Http404(number)
    return version


def versions_of(row: Questionnaire) -> list[Version]:
    """Return the versions, newest first, with how many answers each has (``given``)."""
    rows = row.versions.defer("xform", "sheets")
    return list(
        rows.annotate(
            given=Count("submissions", distinct=True), rounds=Count("surveys", distinct=True)
        )
    )


def draft_of(row: Questionnaire) -> Form:
    """Return the form of the draft."""
    return read_sheets(row.draft).form


def form_in(version: Version) -> Form:
    """Return the form of a version."""
    return read_sheets(version.sheets).form


def model_named(name: str) -> Model:
    """Return a ready model, or answer 404."""
    if name not in models():
        raise Http404(name)
    return models()[name]


# -- the outline -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the outline, as shown."""

    item: Item
    depth: int
    number: str
    label: str
    hint: str
    kind: str
    condition: str
    limits: str
    choices: tuple[str, ...]
    hints: tuple[proofreading.Hint, ...]
    group: bool


def outline(form: Form) -> list[Row]:
    """Return every item with what is said of it, in order."""
    language = form.languages[0]
    advice: dict[str, list[proofreading.Hint]] = {}
    for hint in proofreading.hints(form, language):
        advice.setdefault(hint.name, []).append(hint)
    return list(_rows(form, form.items, 0, advice, iter(range(1, 10_000))))


def _rows(
    form: Form,
    items: Sequence[Item],
    depth: int,
    advice: dict[str, list[proofreading.Hint]],
    ranks: Iterator[int],
) -> Iterator[Row]:
    language = form.languages[0]
    for item in items:
        question = isinstance(item, Question)
        asks = isinstance(item, Question) and item.kind.asks and item.kind is not Kind.NOTE
        listed = form.lists.get(item.choices, ()) if isinstance(item, Question) else ()
        yield Row(
            item=item,
            depth=min(depth, 4),
            number=str(next(ranks)) if asks else "",
            label=said(item.label, language) or item.name,
            hint=said(item.hint, language) if isinstance(item, Question) else "",
            kind=said_kind(item) if isinstance(item, Question) else group_said(item),
            condition=telling.say_condition(form, item.relevant, language),
            limits=telling.say_limits(form, item, language) if isinstance(item, Question) else "",
            choices=tuple(said(choice.label, language) or choice.name for choice in listed),
            hints=tuple(advice.get(item.name, ())),
            group=not question,
        )
        if isinstance(item, Group):
            yield from _rows(form, item.items, depth + 1, advice, ranks)


def group_said(group: Group) -> str:
    """Return what a group is, in French."""
    return _("Partie répétée") if group.repeats else _("Partie")


# -- what to check ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be known before a version is published."""

    questions: int
    minutes: int
    too_long: bool
    identity: tuple[tuple[str, proofreading.Hint], ...]
    advice: tuple[tuple[str, proofreading.Hint], ...]
    refused: str
    warnings: tuple[str, ...]
    languages: tuple[tuple[str, int, int], ...]


def checked(row: Questionnaire) -> Checked:
    """Read a draft over: time, words, identity, translations, what converters say."""
    form = draft_of(row)
    language = form.languages[0]
    told = [
        (telling.label_of(form, one.name, language), one)
        for one in proofreading.hints(form, language)
    ]
    minutes = proofreading.minutes(form, language)
    refused, warnings = _converted(form)
    return Checked(
        questions=proofreading.asked(form),
        minutes=max(1, round(minutes)),
        too_long=minutes > rules()["reading"]["longest_form"]["value"],
        identity=tuple(one for one in told if one[1].identity),
        advice=tuple(one for one in told if not one[1].identity),
        refused=refused,
        warnings=warnings,
        languages=tuple(completeness(form)),
    )


def _converted(form: Form) -> tuple[str, tuple[str, ...]]:
    try:
        made = make_xform(write_sheets(translating.whole(form)))
    except PortreaError as error:
        return error.message, ()
    return "", made.warnings


def completeness(form: Form) -> Iterator[tuple[str, int, int]]:
    """Yield (language, texts translated, texts) of each language but the first."""
    for language in form.languages[1:]:
        lines = translating.lines(form, language)
        yield language, sum(bool(one.translation) for one in lines), len(lines)


def code_of(language: str) -> str:
    """Return the code that a browser reads a language with: « en » of « English (en) »."""
    code = language.rpartition("(")[2].rstrip(")").strip() if "(" in language else ""
    return code if code.replace("-", "").isalnum() and code.isascii() else ""


def lists_of(form: Form) -> dict[str, str]:
    """Return the lists of choices, each with its first words and who uses it."""
    language = form.languages[0]
    told = {}
    for name, listed in form.lists.items():
        words = ", ".join(said(one.label, language) or one.name for one in listed[:4])
        more = "…" if len(listed) > 4 else ""
        if len(editing.users_of(form, name)):
            told[name] = f"{words}{more} ({len(listed)})"
    return told
