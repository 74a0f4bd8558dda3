"""Forms of a démarche: the day, a task, the agenda, the roles, what the scribe wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm
from portrea.web.surveys.models import Seat, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.surveys.models import Day

LONGEST = 24 * 60
"""Minutes of an agenda: it ends the same day."""
MORE = 2
"""Empty lines offered at the end of a list."""


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DayForm(StyledForm, forms.Form):
    """What a démarche is called, when and where its day is."""

    title = forms.CharField(label=_("Nom de la démarche"), max_length=200)
    date = forms.DateField(
        label=_("Jour de la collecte"),
        required=False,
        widget=_Date(),
        help_text=_("Toutes les dates sont comptées à partir de ce jour. Vide : elles attendent."),
    )
    starts = forms.TimeField(label=_("Début"), required=False, widget=_Time())
    place = forms.CharField(
        label=_("Lieu"), max_length=200, required=False, help_text=_("Salle, adresse, commune.")
    )


class NewDayForm(DayForm):
    """The same, with the territory."""

    territory = forms.ChoiceField(label=_("Territoire"))
    field_order = ("title", "territory", "date", "starts", "place")

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


class TaskForm(StyledForm, forms.Form):
    """One thing to do."""

    title = forms.CharField(label=_("À faire"), max_length=200)
    stage = forms.ChoiceField(label=_("Étape"), choices=Task.Stage.choices)
    owner = forms.CharField(
        label=_("Qui"),
        max_length=120,
        required=False,
        help_text=_("Une fonction ou une structure, pas un nom de personne."),
    )
    due = forms.DateField(label=_("Pour le"), required=False, widget=_Date())
    note = forms.CharField(label=_("Note"), max_length=400, required=False)


class PartForm(StyledForm, forms.Form):
    """One line of the agenda; an empty one is left out."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST, required=False)
    what = forms.CharField(label=_("Ce que l’on fait"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse half a line."""
        told = super().clean() or {}
        if told.get("what") and not told.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Écrivez combien de minutes, ou videz la ligne."))
        if told.get("minutes") and not told.get("what"):
            self.add_error("what", _("Écrivez ce que l’on fait, ou videz la ligne."))
        return told


class BasePartFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The whole agenda ends the same day."""

    def clean(self) -> None:
        """Refuse an agenda that passes midnight."""
        if sum(form.cleaned_data.get("minutes") or 0 for form in self.forms) > LONGEST:
            raise forms.ValidationError(_("L’ordre du jour dure plus d’une journée."))


class SeatForm(StyledForm, forms.Form):
    """One role of the day; a line without function nor table is left out."""

    role = forms.ChoiceField(label=_("Rôle"), choices=Seat.Role.choices, required=False)
    table = forms.CharField(label=_("Table"), max_length=40, required=False)
    topic = forms.CharField(label=_("Sujet"), max_length=200, required=False)
    who = forms.CharField(label=_("Qui (fonction)"), max_length=120, required=False)


Agenda = forms.formset_factory(PartForm, formset=BasePartFormSet, extra=MORE, max_num=60)
Seats = forms.formset_factory(SeatForm, extra=MORE, max_num=60)


class SurveysForm(StyledForm, forms.Form):
    """The surveys answered that day."""

    surveys = forms.MultipleChoiceField(
        label=_("Enquêtes de la journée"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, surveys: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {survey.key: survey for survey in surveys}
        self.fields["surveys"].choices = [  # type: ignore[attr-defined]
            (key, survey.title) for key, survey in self.found.items()
        ]

    def chosen(self) -> list[Any]:
        """Return the surveys ticked."""
        return [self.found[key] for key in self.cleaned_data["surveys"]]


class ReportForm(StyledForm, forms.Form):
    """What the scribe wrote."""

    present = forms.IntegerField(
        label=_("Structures présentes"), min_value=0, max_value=10_000, required=False
    )
    decisions = forms.CharField(
        label=_("Décisions"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Une par ligne : quoi, quelle structure, pour quand."),
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Ni nom de personne, ni téléphone, ni santé : ces notes seront lues par tous les "
            "participants. Ce qui désigne quelqu’un est retiré à l’enregistrement."
        ),
    )


class PinForm(StyledForm, forms.Form):
    """The code of the hosts."""

    pin = forms.CharField(
        label=_("Code de la salle (six chiffres)"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_pin(self) -> str:
        """Keep the figures only."""
        return "".join(sign for sign in self.cleaned_data["pin"] if sign.isdigit())


class BackForm(StyledForm, forms.Form):
    """The file of a day brought back."""

    file = forms.FileField(label=_("Fichier de la journée (.zip)"))


def starting(day: Day) -> dict[str, Any]:
    """Return what the form of a day shows first."""
    return {name: getattr(day, name) for name in ("title", "date", "starts", "place")}
