"""Forms of appointments: the permanence, hours and closings; a moment, its code, a reminder."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.base.errors import DataError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.appointments import wording
from portrea.web.action.log.places import commune_named
from portrea.web.action.models import Reminder
from portrea.web.action.services.reminders import contact_read
from portrea.web.action.services.words import kept
from portrea.web.action.sms import is_offered

WEEKDAYS = [
    ("0", _("lundi")), ("1", _("mardi")), ("2", _("mercredi")), ("3", _("jeudi")),
    ("4", _("vendredi")), ("5", _("samedi")), ("6", _("dimanche")),
]  # fmt: skip
EVERY = [
    ("1", _("toutes les semaines")), ("2", _("une semaine sur deux")),
    ("3", _("une semaine sur trois")), ("4", _("une semaine sur quatre")),
]  # fmt: skip
MORE, MOST = 2, 40
"""Empty lines offered at the end of a list, and lines in all."""


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _text(label: Any, longest: int, **named: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **named)


def _lines(label: Any, help_text: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return _text(label, 2_000, widget=area, help_text=help_text)


# -- the team -------------------------------------------------------------------------------------


class PermanenceForm(StyledForm, forms.Form):
    """Where and how appointments are taken."""

    title = forms.CharField(
        label=_("Nom de la permanence"),
        max_length=160,
        help_text=_("Ce nom est écrit dans les rappels. Exemple : France services de Montfort."),
    )
    address = _text(_("Adresse"), 240, help_text=_("Numéro, rue, commune ; étage, bureau."))
    phone = _text(_("Téléphone"), 30, help_text=_("Montré quand tout est pris."))
    commune = _text(
        _("Commune"), 80, help_text=_("Nom ou code. Elle donne l’heure légale du lieu.")
    )
    about = _lines(_("Pour quoi vient-on ?"), _("En quelques mots simples."))
    bring = _lines(_("À apporter"), _("Écrit sur la fiche du rendez-vous."))
    minutes = forms.IntegerField(label=_("Minutes par rendez-vous"), min_value=5, max_value=240)
    agents = forms.IntegerField(
        label=_("Personnes qui reçoivent en même temps"), min_value=1, max_value=20
    )
    notice = forms.IntegerField(
        label=_("Se prend au plus tard … heures avant"), min_value=0, max_value=336
    )
    ahead = forms.IntegerField(
        label=_("Se prend au plus tôt … jours avant"), min_value=1, max_value=180
    )
    public = forms.BooleanField(
        label=_("Les habitant·es prennent rendez-vous en ligne, sans compte"), required=False
    )
    on_holidays = forms.BooleanField(label=_("Tenue aussi les jours fériés"), required=False)
    in_school_holidays = forms.BooleanField(
        label=_("Tenue aussi pendant les vacances scolaires"), required=False
    )

    def clean_commune(self) -> str:
        """Return the code of the commune."""
        try:
            return commune_named(self.cleaned_data["commune"])
        except DataError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error

    def clean(self) -> dict[str, Any]:
        """Refuse what may never be kept, where it was typed."""
        told = super().clean() or {}
        for name in ("title", "address", "about", "bring"):
            _refuse_secrets(self, name)
        return told


class NewPermanenceForm(PermanenceForm):
    """The same, with who holds it."""

    holder = forms.ChoiceField(label=_("Tenue par"))
    field_order = ("holder",)

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]


class OpeningForm(StyledForm, forms.Form):
    """Hours of a weekday; a line without hours is left out."""

    weekday = forms.TypedChoiceField(label=_("Jour"), choices=WEEKDAYS, coerce=int, required=False)
    starts = forms.TimeField(label=_("De"), widget=_Time(), required=False)
    ends = forms.TimeField(label=_("À"), widget=_Time(), required=False)
    every = forms.TypedChoiceField(
        label=_("Rythme"), choices=EVERY, coerce=int, required=False, empty_value=1
    )
    first = forms.DateField(label=_("À partir du"), widget=_Date(), required=False)
    last = forms.DateField(label=_("Jusqu’au (compris)"), widget=_Date(), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse half a line, and hours or days the wrong way round."""
        told = super().clean() or {}
        if not _begun(told):
            return told
        for name in ("starts", "ends"):
            if not told.get(name) and name not in self.errors:
                self.add_error(name, _("Écrivez l’heure, ou videz toute la ligne."))
        if told.get("starts") and told.get("ends") and told["ends"] <= told["starts"]:
            self.add_error("ends", _("La fin vient après le début, le même jour."))
        if "first" not in self.errors:
            told["first"] = told.get("first") or timezone.localdate()
        if _reversed(told, "first", "last"):
            self.add_error("last", _("« Jusqu’au » vient après « à partir du »."))
        return told


class ClosingForm(StyledForm, forms.Form):
    """Days when it is closed; a line without days is left out."""

    first = forms.DateField(label=_("Du"), widget=_Date(), required=False)
    last = forms.DateField(label=_("Au (compris)"), widget=_Date(), required=False)
    why = _text(_("Pourquoi (montré aux habitant·es)"), 120)

    def clean(self) -> dict[str, Any]:
        """Take one day alone for both; refuse days the wrong way round."""
        told = super().clean() or {}
        _refuse_secrets(self, "why")
        if told.get("why") and not told.get("first") and "first" not in self.errors:
            self.add_error("first", _("Écrivez le jour, ou videz la ligne."))
        if told.get("first") and not told.get("last") and "last" not in self.errors:
            told["last"] = told["first"]
        if _reversed(told, "first", "last"):
            self.add_error("last", _("« Au » vient après « du »."))
        return told


Openings = forms.formset_factory(OpeningForm, extra=MORE, max_num=MOST, validate_max=True)
Closings = forms.formset_factory(ClosingForm, extra=MORE, max_num=MOST, validate_max=True)


class MessageForm(StyledForm, forms.Form):
    """What the team says of a change."""

    message = _text(
        _("Un mot pour la personne"),
        200,
        help_text=_(
            "Montré sur la page de son rendez-vous, et envoyé si elle a demandé un rappel."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what may never be kept, where it was typed."""
        told = super().clean() or {}
        _refuse_secrets(self, "message")
        return told


# -- anybody --------------------------------------------------------------------------------------


class BookingForm(StyledForm, forms.Form):
    """What the appointment is about, and what the person needs; all of it may be left out."""

    subject = forms.ChoiceField(label=_("C’est pour quoi ?"), required=False)
    needs = forms.MultipleChoiceField(
        label=_("Pour vous recevoir au mieux"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = ("", _("Je préfère ne pas le dire ici"))
        self.fields["subject"].choices = [said, *wording.subjects().items()]  # type: ignore[attr-defined]
        self.fields["needs"].choices = list(wording.needs().items())  # type: ignore[attr-defined]


class CodeForm(StyledForm, forms.Form):
    """The code of an appointment, as somebody copies it."""

    code = forms.CharField(
        label=_("Code du rendez-vous"),
        max_length=20,
        help_text=_("Huit lettres et chiffres, écrits sur votre fiche."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class ReminderForm(StyledForm, forms.Form):
    """Where to send a reminder: an address or, if a gateway is named, a mobile number."""

    contact = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Adresse de courriel, ou numéro de portable")
        self.fields["contact"].label = label if is_offered() else _("Adresse de courriel")

    def clean(self) -> dict[str, Any]:
        """Read the contact as it will be kept, and by what it is written to."""
        told = super().clean() or {}
        contact = told.get("contact", "")
        sms = is_offered() and "@" not in contact
        told["channel"] = str(Reminder.Channel.SMS if sms else Reminder.Channel.EMAIL)
        if contact:
            try:
                told["contact"] = contact_read(told["channel"], contact)
            except DataError as error:
                self.add_error("contact", f"{error.message} {error.remedy or ''}".strip())
        return told


def _refuse_secrets(form: forms.Form, name: str) -> None:
    try:
        kept(form.cleaned_data.get(name, ""), 2_000)
    except DataError as error:
        form.add_error(name, f"{error.message} {error.remedy}")


def _begun(told: dict[str, Any]) -> bool:
    return any(told.get(name) for name in ("starts", "ends", "first", "last"))


def _reversed(told: dict[str, Any], one: str, other: str) -> bool:
    return bool(told.get(one) and told.get(other) and told[other] < told[one])
