"""Forms of the comité: a seat, a meeting, a point, a decision, a parole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.errors import PortreaError
from portrea.steering.committee import usual_meetings
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.services.words import kept
from portrea.web.steering.committee.selectors import seats_of
from portrea.web.steering.models.committees import SeatKind
from portrea.web.steering.models.meetings import STATES
from portrea.web.steering.services.committees import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.committee import Fact
    from portrea.web.steering.models import Committee

RHYTHMS = ((1, "1"), (2, "2"), (3, "3"), (4, "4"))
_BOXES = {"class": "check__box"}


def said(error: PortreaError) -> forms.ValidationError:
    """Return an error of the library as a fault of a form."""
    return forms.ValidationError(" ".join(filter(None, (error.message, error.remedy))))


def text_field(
    label: Any, most: int, help_text: Any = "", *, rows: int = 0, required: bool = True
) -> forms.CharField:
    """Return a field of words, over several rows or on one line."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else None
    return forms.CharField(
        label=label, max_length=most, help_text=help_text, required=required, widget=widget
    )


def day_field(label: Any, *, required: bool) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required)


def _hour(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, required=False)


class CleanedForm(StyledForm, forms.Form):
    """Texts that hold a secret are refused; who is named is taken out when they are kept."""

    def clean(self) -> dict[str, Any]:
        """Say which text holds what may not be kept."""
        told = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if type(field) is not forms.CharField:
                continue
            try:
                kept(told.get(name) or "", field.max_length or LONGEST)
            except PortreaError as error:
                self.add_error(name, said(error))
        return dict(told)


class OpenForm(StyledForm, forms.Form):
    """Which territory, how often."""

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    each_year = forms.TypedChoiceField(
        label=gettext_lazy("Réunions par an"), choices=RHYTHMS, coerce=int, initial=usual_meetings
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = choices  # type: ignore[attr-defined]


class SeatForm(CleanedForm):
    """For whom a seat is kept; no name is asked."""

    kind = forms.ChoiceField(label=gettext_lazy("Siège"), choices=SeatKind.choices)
    body = text_field(
        gettext_lazy("Organisme"), 160,
        gettext_lazy("Le nom de l’organisme suffit : n’écrivez le nom de personne."),
        required=False,
    )  # fmt: skip
    part = text_field(gettext_lazy("Rôle dans le comité (facultatif)"), 160, required=False)
    pseudonym = text_field(
        gettext_lazy("Pseudonyme (personne concernée seulement)"), 40,
        gettext_lazy("Celui qu’elle choisit, ou rien."), required=False,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the body, but of a person concerned."""
        told = super().clean()
        concerned = told.get("kind") == SeatKind.CONCERNED
        if not concerned and not told.get("body"):
            self.add_error("body", _("Dites quel organisme tient ce siège."))
        return told


class MeetingForm(CleanedForm):
    """When and where."""

    day = day_field(gettext_lazy("Jour"), required=True)
    starts = _hour(gettext_lazy("Début"))
    ends = _hour(gettext_lazy("Fin"))
    place = text_field(gettext_lazy("Lieu"), 200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Lien de visioconférence (facultatif)"), max_length=300, required=False,
        assume_scheme="https",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse an end without a beginning, or before it."""
        told = super().clean()
        starts, ends = told.get("starts"), told.get("ends")
        if ends and (not starts or ends <= starts):
            self.add_error("ends", _("La fin vient après le début : vérifiez les deux heures."))
        return told


class ItemForm(CleanedForm):
    """A point of the agenda."""

    title = text_field(gettext_lazy("Point"), 200)
    why = text_field(gettext_lazy("Pourquoi"), 2_000, rows=4, required=False)

    def __init__(self, *args: Any, proposed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposed:
            del self.fields["why"]


class FollowForm(CleanedForm):
    """Who, for when, where it stands."""

    owner = forms.ChoiceField(label=gettext_lazy("Qui s’en charge"), required=False)
    due = day_field(gettext_lazy("Pour quand"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Où elle en est"), choices=STATES)
    note = text_field(gettext_lazy("En quelques mots (facultatif)"), 2_000, rows=3, required=False)

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = [(str(one.pk), one.label) for one in seats_of(committee)]
        everyone = ("", _("Tout le comité"))
        self.fields["owner"].choices = [everyone, *seats]  # type: ignore[attr-defined]


class DecisionForm(FollowForm):
    """What was decided, with the measure that will tell whether it helped."""

    title = text_field(gettext_lazy("Décision ou action"), 300)
    indicator = forms.ChoiceField(
        label=gettext_lazy("Mesure à suivre"), required=False,
        help_text=gettext_lazy("Sa valeur d’aujourd’hui est gardée ; la réunion suivante la lira."),
    )  # fmt: skip
    field_order = ("title", "owner", "due", "indicator", "note")

    def __init__(self, *args: Any, measures: Mapping[str, Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["state"]
        told = [(key, f"{fact.label} : {fact.text}") for key, fact in measures.items()]
        nothing = ("", _("Aucune"))
        self.fields["indicator"].choices = [nothing, *told]  # type: ignore[attr-defined]


class VoiceForm(CleanedForm):
    """A parole, and the consent that it needs."""

    words = text_field(
        gettext_lazy("Ce que vous voulez dire au comité"), LONGEST,
        gettext_lazy(
            "Ni nom, ni numéro, ni adresse, ni maladie. Ce qui désigne quelqu’un est retiré."
        ),
        rows=6,
    )  # fmt: skip
    pseudonym = text_field(
        gettext_lazy("Un pseudonyme (facultatif)"), 40,
        gettext_lazy("Pas votre vrai nom."), required=False,
    )  # fmt: skip
    consent = forms.BooleanField(
        label=gettext_lazy("Je suis d’accord pour que le comité lise ces mots"),
        error_messages={
            "required": gettext_lazy("Sans votre accord, rien n’est gardé. Cochez la case.")
        },
        widget=forms.CheckboxInput(attrs=_BOXES),
    )


class CodeForm(StyledForm, forms.Form):
    """The code that takes a parole away."""

    code = forms.CharField(
        label=gettext_lazy("Votre code"), max_length=12,
        help_text=gettext_lazy("Huit signes, donnés quand vous avez envoyé votre texte."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
