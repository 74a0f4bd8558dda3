"""Forms of outreach: computers, home help, maraudes, equipment, loans, mandates, the kiosk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action import mandates, presences
from portrea.base.errors import DataError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.log.places import commune_named
from portrea.web.action.models import Maraude
from portrea.web.action.services.words import kept
from portrea.web.action.workshops.fields import day, hour

LENT = timedelta(days=31)
MOST_COMMUNES = 400
_RADIOS, _TICKS, _BOX = forms.RadioSelect, forms.CheckboxSelectMultiple, {"class": "check__box"}
WEEKDAYS = (
    (0, gettext_lazy("lundi")), (1, gettext_lazy("mardi")), (2, gettext_lazy("mercredi")),
    (3, gettext_lazy("jeudi")), (4, gettext_lazy("vendredi")), (5, gettext_lazy("samedi")),
    (6, gettext_lazy("dimanche")),
)  # fmt: skip


def _text(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **more)


def _optional(label: Any, most: int, **more: Any) -> forms.CharField:
    return _text(label, most, required=False, **more)


class ThingForm(StyledForm, forms.Form):
    """What every thing asks: for whom, when it is new. Secrets are refused in every text."""

    def __init__(self, *args: Any, holders: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if holders is not None:
            field = forms.ChoiceField(
                label=_("Pour"),
                choices=holders,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields = {"holder": field} | self.fields

    def clean(self) -> dict[str, Any]:
        """Refuse a password or a social security number, beside the field that holds it."""
        told = super().clean() or {}
        for name, value in list(told.items()):
            if isinstance(value, str) and name != "holder":
                try:
                    kept(value, len(value))
                except DataError as error:
                    self.add_error(name, f"{error.message} {error.remedy}")
        return self.cleaned_data


class StationForm(ThingForm):
    """A computer that people use by themselves."""

    label = _text(
        gettext_lazy("Nom du poste"), 120, help_text=gettext_lazy("« Médiathèque, poste 2 »")
    )


class HomeHelpForm(ThingForm):
    """Administrative help at home: its zone, how to ask."""

    title = _text(gettext_lazy("Nom du service"), 160)
    communes = forms.CharField(
        label=gettext_lazy("Communes couvertes"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Une par ligne, nom ou code. Jamais d’adresse."),
    )
    phone = _optional(
        gettext_lazy("Téléphone du service"), 30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    how = _optional(gettext_lazy("Comment demander"), 240)
    audience = _optional(gettext_lazy("Pour qui"), 200)
    days = _optional(gettext_lazy("Quand"), 160)
    checked = day(gettext_lazy("Vérifié le"))

    def clean_communes(self) -> list[str]:
        """Return codes, each once; the first unknown one is told."""
        lines = [line for line in self.cleaned_data["communes"].splitlines() if line.strip()]
        if len(lines) > MOST_COMMUNES:
            raise forms.ValidationError(_("Trop de communes : %d au plus.") % MOST_COMMUNES)
        try:
            return list(dict.fromkeys(commune_named(line) for line in lines))
        except DataError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy or ''}") from None


class MaraudeForm(ThingForm):
    """A maraude or a distribution: where, when, until when, when it pauses."""

    kind = forms.ChoiceField(label=gettext_lazy("Quoi"), choices=Maraude.Kind.choices)
    title = _text(gettext_lazy("Nom"), 160)
    point = _text(
        gettext_lazy("Point de rencontre"), 200,
        help_text=gettext_lazy("Un lieu public : « devant la gare, côté bus »."),
    )  # fmt: skip
    commune = _text(gettext_lazy("Commune"), 80, help_text=gettext_lazy("Nom ou code."))
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Jour de la semaine"), choices=WEEKDAYS, coerce=int
    )
    starts = hour(gettext_lazy("De"))
    ends = hour(
        gettext_lazy("À"), help_text=gettext_lazy("Plus tôt que le début : le lendemain matin.")
    )
    every = forms.IntegerField(
        label=gettext_lazy("Toutes les … semaines"), min_value=1, max_value=12, initial=1
    )
    first = day(gettext_lazy("À partir du"))
    last = day(gettext_lazy("Jusqu’au (facultatif)"), required=False)
    pause_first = day(gettext_lazy("Interrompue du (facultatif)"), required=False)
    pause_last = day(gettext_lazy("Interrompue jusqu’au (facultatif)"), required=False)
    helps = _optional(gettext_lazy("Ce qu’on y trouve"), 240)
    public = forms.BooleanField(
        label=gettext_lazy("La montrer au public"), required=False, initial=True
    )
    checked = day(gettext_lazy("Vérifiée le"))

    def clean_commune(self) -> str:
        """Return its code."""
        try:
            return commune_named(self.cleaned_data["commune"])
        except DataError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy or ''}") from None

    def clean(self) -> dict[str, Any]:
        """Refuse dates that contradict each other, hours that last nothing."""
        told = super().clean()
        if told.get("starts") and told.get("starts") == told.get("ends"):
            self.add_error("ends", _("La fin est l’heure du début."))
        for before, after in (("first", "last"), ("pause_first", "pause_last")):
            one, other = told.get(before), told.get(after)
            if one and other and other < one:
                self.add_error(after, _("Ce jour est avant le premier."))
        if bool(told.get("pause_first")) != bool(told.get("pause_last")):
            self.add_error("pause_last", _("Dites les deux jours de l’interruption, ou aucun."))
        return told


class EquipmentForm(ThingForm):
    """A thing that is lent."""

    label = _text(gettext_lazy("Objet"), 120, help_text=gettext_lazy("« Portable HP, le bleu »"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=lambda: list(presences.words()["equipment"].items())
    )
    number = _optional(gettext_lazy("Numéro d’inventaire"), 40)


class LoanForm(StyledForm, forms.Form):
    """Until when a thing is lent."""

    due = day(gettext_lazy("À rendre le"))


class BackForm(StyledForm, forms.Form):
    """How a thing came back."""

    condition = _optional(gettext_lazy("État au retour"), 160)


class MandateForm(ThingForm):
    """How long a mandate lasts and what it allows."""

    starts = day(gettext_lazy("À partir du"))
    days = forms.TypedChoiceField(
        label=gettext_lazy("Durée"), coerce=int, widget=_RADIOS(attrs=_BOX),
        choices=lambda: list(mandates.words()["durations"].items()),
    )  # fmt: skip
    perimeter = forms.MultipleChoiceField(
        label=gettext_lazy("Domaines permis"), widget=_TICKS(attrs=_BOX),
        choices=lambda: [
            (code, f"{one['label']} ({one['examples']})")
            for code, one in mandates.words()["perimeters"].items()
        ],
    )  # fmt: skip


class ActForm(StyledForm, forms.Form):
    """What was done today under a mandate."""

    theme = forms.ChoiceField(label=gettext_lazy("Domaine"))
    what = forms.ChoiceField(
        label=gettext_lazy("Ce qui a été fait"),
        choices=lambda: list(mandates.words()["acts"].items()),
    )

    def __init__(self, *args: Any, perimeter: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = mandates.words()["perimeters"]
        self.fields["theme"].choices = [  # type: ignore[attr-defined]
            (code, known[code]["label"]) for code in perimeter
        ]


class UseForm(forms.Form):
    """Why somebody came to a computer, and whether it worked: two taps."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("Pourquoi êtes-vous venu·e ?"), widget=_RADIOS(attrs=_BOX),
        choices=lambda: list(presences.words()["purposes"].items()),
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=gettext_lazy("Avez-vous pu faire ce que vous vouliez ?"), widget=_RADIOS(attrs=_BOX),
        choices=lambda: list(presences.words()["outcomes"].items()),
    )  # fmt: skip
