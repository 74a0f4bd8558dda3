"""Forms of the editor: a question, a section, in everyday words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.surveys import editing, telling
from portrea.surveys.conditions import Limits, limits_understood, limits_written
from portrea.surveys.form import Form, Group, Kind, Question, said
from portrea.surveys.plain_kinds import as_kind, plain_kind, rules
from portrea.web.accounts.forms import StyledForm
from portrea.web.surveys.drafting.conditions import ConditionMixin

LONG = forms.Textarea(attrs={"rows": 2})
OWN = ""
_DATES = [
    ("", gettext_lazy("N’importe quelle date")),
    ("passe", gettext_lazy("Pas dans l’avenir")),
    ("futur", gettext_lazy("Pas dans le passé")),
]
UNKNOWN = gettext_lazy("Je ne sais pas, ou je ne veux pas répondre")
OTHER = gettext_lazy("Autre")
SPECIFY = gettext_lazy("Précisez")
_COLUMNS = ("choice_filter", "calculation", "default", "appearance")


class QuestionForm(ConditionMixin, StyledForm, forms.Form):
    """A question: what is asked, the kind of answer, its choices, when it is asked, its limits."""

    label = forms.CharField(
        label=gettext_lazy("La question"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Telle qu’elle sera lue. Une seule idée, des mots simples."),
    )
    hint = forms.CharField(
        label=gettext_lazy("Aide sous la question (facultatif)"),
        required=False,
        max_length=1_000,
    )
    kind = forms.ChoiceField(label=gettext_lazy("La réponse est…"))
    choices = forms.CharField(
        label=gettext_lazy("Les choix, un par ligne"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Quand la réponse se choisit dans une liste."),
    )
    listed = forms.ChoiceField(
        label=gettext_lazy("Ou reprendre les choix d’une autre question"), required=False
    )
    only_here = forms.BooleanField(
        label=gettext_lazy("Changer ces choix pour cette question seulement"), required=False
    )
    unknown = forms.BooleanField(
        label=gettext_lazy("Ajouter « Je ne sais pas, ou je ne veux pas répondre »"), required=False
    )
    other = forms.BooleanField(
        label=gettext_lazy("Ajouter « Autre », et demander de préciser"), required=False
    )
    required = forms.BooleanField(label=gettext_lazy("La réponse est obligatoire"), required=False)
    least = forms.CharField(label=gettext_lazy("Au moins"), required=False, max_length=20)
    most = forms.CharField(label=gettext_lazy("Au plus"), required=False, max_length=20)
    step = forms.CharField(
        label=gettext_lazy("De combien en combien (note sur une échelle)"),
        required=False,
        max_length=10,
    )
    dates = forms.ChoiceField(label=gettext_lazy("Date"), choices=_DATES, required=False)
    most_choices = forms.IntegerField(
        label=gettext_lazy("Nombre de choix au plus"), required=False, min_value=1, max_value=99
    )
    alone = forms.CharField(
        label=gettext_lazy("Choix qui ne va avec aucun autre"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Par exemple « Aucun »."),
    )
    constraint = forms.CharField(
        label=gettext_lazy("Limite écrite en formule"), required=False, max_length=4_000
    )
    message = forms.CharField(
        label=gettext_lazy("Ce qui est dit quand la limite est dépassée"),
        required=False,
        max_length=300,
    )
    choice_filter = forms.CharField(
        label=gettext_lazy("Filtre des choix"), required=False, max_length=1_000
    )
    calculation = forms.CharField(label=gettext_lazy("Calcul"), required=False, max_length=4_000)
    default = forms.CharField(
        label=gettext_lazy("Réponse de départ"), required=False, max_length=1_000
    )
    appearance = forms.CharField(label=gettext_lazy("Apparence"), required=False, max_length=100)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    EXPERT = ("constraint", *_COLUMNS)

    def __init__(self, *args: Any, form: Form, question: Question | None, **named: Any) -> None:
        self.form, self.question = form, question
        self.own = question.name if question else OWN
        self.language = form.languages[0]
        super().__init__(*args, initial=_told(form, question), **named)
        self.fields["kind"].choices = _kinds(question)  # type: ignore[attr-defined]
        self.fields["listed"].choices = [("", _("Non, ceux écrits ci-dessus")), *_lists(form)]  # type: ignore[attr-defined]
        self.fields["unknown"].widget.attrs["data-adds"] = UNKNOWN
        self.fields["other"].widget.attrs["data-adds"] = OTHER
        if question and not question.kind.asks:
            self.fields["label"].required = False
        self.shared = _shared(form, question)
        if not self.shared:
            del self.fields["only_here"]
        self.add_conditions(question.relevant if question else "")

    @property
    def expert_open(self) -> bool:
        """Whether something only experts write is there."""
        return any(self[name].value() for name in self.EXPERT) or self.formula_only

    def clean(self) -> dict[str, Any]:
        """Ask for choices where there must be some; read limits and conditions."""
        told = super().clean() or self.cleaned_data
        kind = told.get("kind", "")
        needs = kind in {"select_one", "select_multiple", "rank"}
        if needs and not told.get("choices", "").strip() and not told.get("listed"):
            self.add_error("choices", _("Écrivez au moins deux choix, un par ligne."))
        for name in ("label", "hint"):
            absent = editing.cited(told.get(name, "")) - editing.names_of(self.form)
            if absent:
                words = _("« ${%s} » ne désigne aucune question : corrigez ou supprimez-le.")
                self.add_error(name, words % sorted(absent)[0])
        if not self.errors:
            before = self.question.relevant if self.question else ""
            told["relevant"] = self.relevant(before)
            told["constraint"] = self.limits()
        return told

    def limits(self) -> str:
        """Return the constraint told by the fields, or the formula."""
        told = self.cleaned_data
        if told["constraint"].strip():
            return str(told["constraint"]).strip()
        if told["kind"] == "range":
            return ""
        kind = told["kind"]
        same = self.question is not None and kind == plain_kind(self.question)
        counted, dated = kind in {"integer", "decimal"}, kind in {"date", "dateTime"}
        several = kind == "select_multiple"
        numbers = {
            name: told[name].replace(",", ".").strip() if counted or dated or same else ""
            for name in ("least", "most")
        }
        found = Limits(
            **numbers,
            dates=told["dates"] if dated or same else "",
            most_choices=str(told["most_choices"] or "") if several or same else "",
            alone=self.alone_named() if several or same else "",
        )
        before = self.question.constraint if self.question else ""
        return before if limits_understood(before) == found else limits_written(found)

    def alone_named(self) -> str:
        """Return the name that the exclusive choice has, or will have."""
        words = self.cleaned_data["alone"].strip()
        if not words:
            return ""
        for choice in self.listed_choices():
            if words.casefold() in {said(choice.label, self.language).casefold(), choice.name}:
                return choice.name
        self.add_error("alone", _("Recopiez un des choix de la question."))
        return ""

    def listed_choices(self) -> tuple[Any, ...]:
        """Return the choices that the question will have."""
        told = self.cleaned_data
        if told["listed"]:
            return tuple(self.form.lists[told["listed"]])
        lines = told["choices"].splitlines()
        lines += [str(UNKNOWN)] if told["unknown"] else []
        lines += [str(OTHER)] if told["other"] else []
        before = self.form.lists.get(self.question.choices, ()) if self.question else ()
        return editing.choices_from(lines, before, self.language)

    def written(self, form: Form, question: Question | None) -> tuple[Form, Question]:
        """Return the form with its choices, and the question as told."""
        told = self.cleaned_data
        name = (
            question.name if question else editing.name_for(told["label"], editing.names_of(form))
        )
        base = question or Question(name=name, kind=Kind.TEXT)
        texts = {
            "label": told["label"],
            "hint": told["hint"],
            "constraint_message": told["message"],
        }
        new = replace(
            base,
            relevant=told["relevant"],
            constraint=told["constraint"],
            required=_required(base, ticked=told["required"]),
            **{column: told[column].strip() for column in _COLUMNS},
            **{key: _text(getattr(base, key), text, self.language) for key, text in texts.items()},
        )
        if told["kind"] != plain_kind(base):
            new = replace(as_kind(new, told["kind"]), parameters={})
        if new.kind is Kind.RANGE:
            new = replace(new, parameters=_scale(told))
        if not new.kind.chooses:
            new = replace(new, choices="", choice_filter="")
            return form, self.with_message(form, base, new)
        listed = told["listed"] or self.list_name(form, base)
        form = form if told["listed"] else editing.with_list(form, listed, self.listed_choices())
        new = replace(new, choices=listed)
        form = editing.changed(form, new.name, new)
        return form, self.with_message(form, base, new)

    def with_message(self, form: Form, before: Question, new: Question) -> Question:
        """Return the question with what is said beyond its new limits, when nothing is told."""
        told = said(new.constraint_message, self.language)
        stale = told and told == _message(self.form, before, self.language)
        if new.constraint == before.constraint or (told and not stale):
            return new
        message = _message(form, new, self.language)
        left = {key: text for key, text in new.constraint_message.items() if key != self.language}
        texts = {self.language: message, **left} if message else left
        return replace(new, constraint_message=texts)

    def list_name(self, form: Form, question: Question) -> str:
        """Return the list that the question’s choices are written to."""
        own = self.cleaned_data.get("only_here") or not question.choices
        return editing.name_for(question.name, form.lists) if own else question.choices

    def follow_up(self, form: Form, question: Question) -> Question | None:
        """Return the « précisez » that goes with « Autre », unless there is one already."""
        listed = form.lists.get(question.choices, ())
        words = str(OTHER).casefold()
        name = next(
            (one.name for one in listed if said(one.label, self.language).casefold() == words), ""
        )
        condition = f"selected(${{{question.name}}}, '{name}')"
        if not self.cleaned_data["other"] or not name:
            return None
        if any(one.relevant == condition for one in form.questions()):
            return None
        follow = editing.name_for(
            f"{question.name} precision", editing.names_of(form) | {question.name}
        )
        return Question(
            name=follow, kind=Kind.TEXT, label={self.language: str(SPECIFY)}, relevant=condition
        )


class SectionForm(ConditionMixin, StyledForm, forms.Form):
    """A section: its title, whether it is asked again for each of several things, when."""

    label = forms.CharField(label=gettext_lazy("Titre de la partie"), max_length=300)
    repeats = forms.BooleanField(
        label=gettext_lazy("À répéter pour chaque… (personne, service, jour)"),
        required=False,
    )
    count = forms.CharField(
        label=gettext_lazy("Combien de fois (vide : autant que l’on veut)"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Un nombre, ou ${question} dont la réponse est un nombre."),
    )
    appearance = forms.CharField(label=gettext_lazy("Apparence"), required=False, max_length=100)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, form: Form, group: Group | None, **named: Any) -> None:
        self.form, self.group = form, group
        self.own = group.name if group else OWN
        told = (
            {
                "label": said(group.label, form.languages[0]),
                "repeats": group.repeats,
                "count": group.count,
                "appearance": group.appearance,
            }
            if group
            else {}
        )
        super().__init__(*args, initial=told, **named)
        self.add_conditions(group.relevant if group else "")

    def clean(self) -> dict[str, Any]:
        """Read the condition."""
        told = super().clean() or self.cleaned_data
        if not self.errors:
            told["relevant"] = self.relevant(self.group.relevant if self.group else "")
        return told

    def written(self, form: Form, group: Group | None) -> Group:
        """Return the section as told."""
        told = self.cleaned_data
        name = group.name if group else editing.name_for(told["label"], editing.names_of(form))
        base = group or Group(name=name, items=())
        return replace(
            base,
            label={**base.label, form.languages[0]: told["label"]},
            relevant=told["relevant"],
            repeats=told["repeats"],
            count=told["count"].strip() if told["repeats"] else "",
            appearance=told["appearance"].strip(),
        )


def _told(form: Form, question: Question | None) -> dict[str, Any]:
    if question is None:
        return {"kind": "select_one"}
    language = form.languages[0]
    listed = form.lists.get(question.choices, ()) if question.kind.chooses else ()
    told: dict[str, Any] = {column: getattr(question, column) for column in _COLUMNS}
    told |= {
        "label": said(question.label, language),
        "hint": said(question.hint, language),
        "message": said(question.constraint_message, language),
        "kind": plain_kind(question),
        "choices": "\n".join(said(one.label, language) or one.name for one in listed),
        "required": bool(question.required),
    }
    limits = limits_understood(question.constraint)
    if limits is None:
        return told | {"constraint": question.constraint}
    alone = form.choice_label(question.name, limits.alone, language) or limits.alone
    told |= {"least": limits.least, "most": limits.most, "dates": limits.dates}
    told |= {"most_choices": limits.most_choices, "alone": alone}
    if question.kind is Kind.RANGE:
        scale = question.parameters
        told |= {"least": scale.get("start", "0"), "most": scale.get("end", "10")}
        told |= {"step": scale.get("step", "1")}
    return told


def _kinds(question: Question | None) -> list[tuple[str, str]]:
    kinds = [(code, told["words"]) for code, told in rules()["kinds"].items()]
    own = plain_kind(question) if question else ""
    kept = rules()["kept_as_is"].get(own)
    return [*kinds, (own, kept)] if kept else kinds


def _lists(form: Form) -> list[tuple[str, str]]:
    from portrea.web.surveys.drafting.selectors import lists_of

    return list(lists_of(form).items())


def _shared(form: Form, question: Question | None) -> list[str]:
    if question is None or not question.kind.chooses:
        return []
    users = editing.users_of(form, question.choices)
    return [said(one.label, form.languages[0]) or one.name for one in users if one != question]


def _text(texts: Any, text: str, language: str) -> dict[str, str]:
    left = {key: told for key, told in texts.items() if key != language}
    return {language: text.strip(), **left} if text.strip() else {}


def _message(form: Form, question: Question, language: str) -> str:
    """Return « Attendu : entre 0 et 120. » of limits that are no formula."""
    if not question.constraint or limits_understood(question.constraint) is None:
        return ""
    return _("Attendu : %s.") % telling.say_limits(form, question, language)


def _required(base: Question, *, ticked: bool) -> str:
    if not ticked:
        return ""
    return base.required or "true()"


def _scale(told: dict[str, Any]) -> dict[str, str]:
    number = {
        "start": told["least"] or "0",
        "end": told["most"] or "10",
        "step": told["step"] or "1",
    }
    return {key: text.replace(",", ".") for key, text in number.items()}
