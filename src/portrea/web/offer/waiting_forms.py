"""Forms of the two queues after imports: a point on the map, hours in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.offer.importing import values
from portrea.offer.importing.positions import position
from portrea.vocab.french_hours import read_french
from portrea.web.accounts.forms import StyledForm
from portrea.web.offer.form_fields import line, read_with

if TYPE_CHECKING:
    from portrea.vocab.french_hours import Proposal


class PointForm(StyledForm, forms.Form):
    """Where a place is: two numbers, as any map on a phone gives them."""

    point = line(
        _("Latitude, longitude"),
        80,
        required=True,
        help_text=_("Exemple : 48.13720, -1.95440. Sur la carte d’un téléphone, appuyez longuement "
                    "sur l’endroit, puis copiez les deux nombres."),
        attrs={"inputmode": "text", "data-portrea-point": ""},
    )  # fmt: skip
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_point(self) -> list[float]:
        """Read the two numbers, degrees in France."""
        found: list[float] = read_with(position, self.cleaned_data["point"])
        return found


class AddressForm(StyledForm, forms.Form):
    """The address as it should be, before it is searched."""

    address = line(_("Numéro et rue"), 200, required=True)
    postcode = line(_("Code postal"), 5, attrs={"inputmode": "numeric"})

    def clean_postcode(self) -> Any:
        """Refuse what is not five digits."""
        return read_with(values.postcode, self.cleaned_data["postcode"])


class WordsForm(StyledForm, forms.Form):
    """Hours in words, read by the same reader as imports."""

    words = forms.CharField(
        label=_("Horaires, en toutes lettres"),
        max_length=500,
        help_text=_("Exemple : lundi au vendredi 9h-12h et 14h-17h30, sauf mercredi après-midi"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    found: Proposal

    def clean_words(self) -> str:
        """Read the words; what is not understood is said word for word."""
        words = str(self.cleaned_data["words"])
        self.found = read_french(words)
        if not (self.found.complete and self.found.osm):
            unread = "; ".join((*self.found.unread, *self.found.remarks)) or words
            raise forms.ValidationError(
                _("Ce passage n’est pas compris : « %s ». Écrivez les jours et les heures.")
                % unread[:200]
            )
        if self.found.every_weeks:
            raise forms.ValidationError(
                _("Une semaine sur deux ne se dit pas ici : « Garder le texte seul », puis dites le"
                  " rythme dans la fiche, à la présence de l’aide.")
            )  # fmt: skip
        return words
