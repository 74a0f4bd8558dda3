"""On a day of collection, a phone without a network also writes sheets of places.

The sheet is the short one of the site, asked by the page of phones as any questionnaire; what comes
back is read by the same forms and waits for the référent as any proposal.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.offer.moderation import Kind as Proposed
from portrea.offer.sheet import values_of
from portrea.surveys.form import Choice, Form, Kind, Question
from portrea.surveys.portable import portable
from portrea.web.journeys.models import SheetReceived
from portrea.web.offer.contribution_forms import ContactStep, HelpStep, WhereStep
from portrea.web.offer.hours_form import HoursStep
from portrea.web.offer.services.proposals import proposal_submit
from portrea.web.surveys.days.selectors import communes_of, day_of
from portrea.web.surveys.services.batches import Received
from portrea.web.surveys.services.intake import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portrea.web.surveys.models import Day
    from portrea.web.surveys.services.batches import Item

SHEET = "fiche"
VERSION = "1"
YES = "oui"
ASKED = (
    (WhereStep, ("name", "kind", "address", "postcode", "commune")),
    (HelpStep, ("blocks", "cost", "access_modes", "description")),
    (HoursStep, ("text", "by_appointment")),
    (ContactStep, ("phone", "emails", "websites")),
)
"""Steps of the sheet, and the fields of each that a phone asks."""


def sheets_of_day(day: Day) -> list[dict[str, Any]]:
    """Return the sheet as a form for the phones of a day; none where no commune is known."""
    communes = tuple(communes_of(day).items())
    if not communes:
        return []
    told = portable(sheet_form(communes))
    purpose = _("Un lieu ou un service qui aide. La ou le référent·e relit avant de publier.")
    return [
        {
            "to": day.key, "kind": SHEET, "title": _("Fiche d’un lieu"), "purpose": purpose,
            "version": VERSION, "form": told,
        }
    ]  # fmt: skip


@lru_cache(maxsize=8)
def sheet_form(communes: tuple[tuple[str, str], ...]) -> Form:
    """Return the short sheet of a place as a questionnaire."""
    questions: list[Question] = []
    lists: dict[str, tuple[Choice, ...]] = {}
    for step, names in ASKED:
        drawn = _step(step, {}, communes)
        for name in names:
            field = drawn.fields[name]
            if isinstance(field, forms.ChoiceField):
                lists[name] = tuple(Choice(c, {"": label}) for c, (_v, label) in _coded(field))
            elif isinstance(field, forms.BooleanField):
                lists[name] = (Choice(YES, {"": _("Oui")}),)
            questions.append(_question(name, field))
    return Form(
        name="fiche_lieu", version=VERSION, title=_("Fiche d’un lieu"), languages=("",),
        items=tuple(questions), lists=lists,
    )  # fmt: skip


def sheet_opened(actor: Any, key: str) -> Callable[[Item], Received]:
    """Open the door of the sheets of a day: each becomes a proposal, once."""
    day = day_of(key)
    if day is None:
        raise DataError("Cette journée n’existe plus.", remedy="Prévenez la ou le référent·e.")
    communes = tuple(communes_of(day).items())

    def taken(item: Item) -> Received:
        digest = digest_of(item.answers)
        same = SheetReceived.objects.filter(uuid=item.uuid)
        if same.filter(digest=digest).exists():
            return Received(str(item.uuid), "known", digest)
        fate = "clash" if same.exists() else "new"
        answers = _read(item.answers, communes)
        proposal = proposal_submit(
            actor=actor,
            kind=Proposed.NEW,
            title=answers["name"],
            territory=("commune", answers["commune"]),
            content=values_of(answers),
        )
        SheetReceived.objects.create(uuid=item.uuid, digest=digest, proposal=proposal)
        return Received(str(item.uuid), fate, digest)

    return taken


def _read(told: Mapping[str, Any], communes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what the sheet tells, read as on the site; refused with what to mend."""
    answers: dict[str, Any] = {}
    wrong: list[str] = []
    for step, names in ASKED:
        blank = _step(step, {}, communes)
        data = {name: _decoded(blank.fields[name], told.get(name, "")) for name in names}
        form = _step(step, data | ({"rhythm": "1"} if step is HoursStep else {}), communes)
        if form.is_valid():
            answers |= form.answers()
        else:
            wrong += [
                f"{form.fields[name].label} : {' '.join(map(str, errors))}"
                for name, errors in form.errors.items()
            ]
    if wrong:
        raise DataError("Cette fiche n’est pas prise : " + " ".join(wrong))
    return answers


def _step(step: Any, data: Any, communes: Sequence[tuple[str, str]]) -> Any:
    return step(data or None, communes=list(communes)) if step is WhereStep else step(data or None)


def _question(name: str, field: forms.Field) -> Question:
    """Return a field as a question; ``public`` tells phones that what is written is no secret."""
    asked = Question(
        name=name,
        kind=Kind.TEXT,
        label={"": str(field.label).removesuffix(" (facultatif)")},
        hint={"": str(field.help_text)} if field.help_text else {},
        required="true()" if field.required else "",
    )
    if isinstance(field, forms.MultipleChoiceField | forms.BooleanField):
        return replace(asked, kind=Kind.SEVERAL, choices=name)
    if isinstance(field, forms.ChoiceField):
        return replace(asked, kind=Kind.ONE, choices=name)
    long = isinstance(field.widget, forms.Textarea)
    return replace(asked, appearance="multiline public" if long else "public")


def _coded(field: forms.ChoiceField) -> list[tuple[str, tuple[str, str]]]:
    """Return the name of each choice (its value, else its rank: a name has no space), and it."""
    offered = [(str(value), str(label)) for value, label in field.choices if value]
    return [
        (pair[0] if " " not in pair[0] else f"choix_{rank}", pair)
        for rank, pair in enumerate(offered)
    ]


def _decoded(field: forms.Field, told: Any) -> Any:
    text = told if isinstance(told, str) else ""
    if isinstance(field, forms.ChoiceField):
        known = {name: value for name, (value, _label) in _coded(field)}
        chosen = [known.get(name, name) for name in text.split()]
        several = isinstance(field, forms.MultipleChoiceField)
        return chosen if several else next(iter(chosen), "")
    return text
