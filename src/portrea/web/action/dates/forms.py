"""What is asked to compute the dates of a person: her rights, then a date for some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action.deadline_rules import Pace
from portrea.action.deadlines import Held, months_after
from portrea.action.telling import NARROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from portrea.action.deadline_rules import Rule
    from portrea.action.deadlines import Step

YEARS = 12
"""A date further than that, before or after, is a slip of the pen."""
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RightsForm(forms.Form):
    """Which rights somebody holds, in her words, and where, if the place has rules of its own."""

    droit = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("« %(value)s » n’est plus proposé : cochez de nouveau."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Un rendez-vous ou une autre date à noter (facultatif)"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Par exemple : rendez-vous à la CAF, répondre au courrier."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    day = forms.DateField(
        label=gettext_lazy("Quel jour ?"),
        required=False,
        widget=DAY,
        error_messages={"invalid": gettext_lazy("Ce jour n’existe pas : 2027-03-31, par exemple.")},
    )
    ou = forms.ChoiceField(
        label=gettext_lazy("Où habitez-vous ? (facultatif)"),
        required=False,
        help_text=gettext_lazy("Certains territoires ont leurs propres dates."),
    )

    def __init__(
        self, *given: Any, groups: Sequence[tuple[str, Mapping[str, str]]],
        places: Sequence[tuple[str, str]], today: date, **told: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **told)
        self.groups, self.today = groups, today
        self.fields["droit"].choices = [  # type: ignore[attr-defined]
            (name, words) for _label, rules in groups for name, words in rules.items()
        ]
        if places:
            self.fields["ou"].choices = [("", _("Ailleurs, ou je ne sais pas")), *places]  # type: ignore[attr-defined]
        else:
            del self.fields["ou"]

    def clean(self) -> dict[str, Any]:
        """Ask for a right or a date; a date needs its words, words need their date."""
        told = super().clean() or {}
        words, day = told.get("note"), told.get("day")
        if words and not day and "day" not in self.errors:
            self.add_error("day", _("Donnez le jour de ce que vous notez."))
        if day and not self.today <= day <= months_after(self.today, 12):
            self.add_error("day", _("Choisissez un jour des douze mois qui viennent."))
        if day and not words:
            self.add_error("note", _("Écrivez en quelques mots ce que vous notez."))
        if not told.get("droit") and not self.errors and not words:
            self.add_error("droit", _("Cochez au moins une case."))
        return told

    def headings(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Return the boxes under their headings: (rule, words, ticked)."""
        ticked = set(self["droit"].value() or ())
        return [
            (label, [(name, words, name in ticked) for name, words in rules.items()])
            for label, rules in self.groups
        ]


class AnchorsForm(forms.Form):
    """The date that some rights are counted from: a month for a cycle, a day for the others."""

    def __init__(self, *given: Any, rules: Sequence[Rule], today: date, **told: Any) -> None:
        super().__init__(*given, **told)
        self.rules, self.today = rules, today
        for rule in rules:
            if rule.pace.asks_a_date:
                self.fields[rule.name] = _field(rule)

    def clean(self) -> dict[str, Any]:
        """Refuse days that cannot be: too far, an anniversary to come, a right long ended."""
        told = super().clean() or {}
        for rule in self.rules:
            day = told.get(rule.name)
            if rule.pace in (Pace.BEFORE_END, Pace.ANNIVERSARY) and day:
                why = _impossible(rule, day, self.today)
                if why:
                    self.add_error(rule.name, why)
        return told

    def held(self) -> list[Held]:
        """Return the rights with their dates, once the form is valid."""
        return [Held(rule.name, self._anchor(rule, self.today)) for rule in self.rules]

    def _anchor(self, rule: Rule, today: date) -> date | None:
        told = self.cleaned_data.get(rule.name)
        if rule.pace is Pace.CYCLE:
            month = today.replace(month=int(told), day=1)
            return month if month <= today else months_after(month, -12)
        return told


def _field(rule: Rule) -> forms.Field:
    if rule.pace is Pace.CYCLE:
        months = [(str(rank), name) for rank, name in enumerate(MONTHS, 1)]
        return forms.ChoiceField(
            label=_("%(right)s%(space)s: en quel mois a-t-il commencé, ou avez-vous déclaré ?")
            % {"right": rule.right, "space": NARROW},
            choices=[("", _("Choisissez un mois")), *months],
            help_text=_("L’année ne compte pas. Le mois de votre dernière déclaration va aussi."),
            error_messages={"required": _("Choisissez un mois.")},
        )
    if rule.pace is Pace.ANNIVERSARY:
        label, help_text = _("%(right)s%(space)s: jour de la première demande"), ""
    else:
        label = _("%(right)s%(space)s: jour où cela finit")
        help_text = _("Il est écrit sur la notification, la carte ou le courrier.")
    return forms.DateField(
        label=label % {"right": rule.right, "space": NARROW}, widget=DAY, help_text=help_text,
        error_messages={
            "required": _("Donnez cette date : elle est écrite sur votre courrier."),
            "invalid": _("Ce jour n’existe pas. Écrivez-le ainsi : 2027-03-31."),
        },
    )  # fmt: skip


def _impossible(rule: Rule, day: date, today: date) -> str:
    if abs(day.year - today.year) > YEARS:
        return _("Cette date est trop loin d’aujourd’hui : vérifiez l’année.")
    if rule.pace is Pace.ANNIVERSARY and day > today:
        return _("La première demande ne peut pas être à venir.")
    if rule.pace is Pace.BEFORE_END and day < today:
        return _(
            "Ce droit a fini ce jour-là : il ne se renouvelle plus, il se redemande. Voyez avec "
            "%(body)s, sans attendre."
        ) % {"body": rule.body}
    return ""


class RemindersForm(forms.Form):
    """Which steps to be reminded of, and by what."""

    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Quelles dates vous rappeler ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Cochez au moins une date.")},
    )
    contact = forms.CharField(
        label=gettext_lazy("Courriel"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={"required": gettext_lazy("Sans adresse, aucun rappel ne peut partir.")},
    )

    def __init__(
        self, *given: Any, steps: Sequence[tuple[str, str, Step]], by_sms: bool, **told: Any
    ) -> None:
        super().__init__(*given, **told)
        self.fields["steps"].choices = [(key, words) for key, words, _step in steps]  # type: ignore[attr-defined]
        if by_sms:
            self.fields["contact"].label = _("Courriel ou numéro de téléphone mobile")
            self.fields["contact"].widget.attrs.pop("inputmode")
