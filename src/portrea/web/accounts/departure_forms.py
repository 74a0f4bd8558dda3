"""Forms of loans and departures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm


class LendForm(StyledForm, forms.Form):
    """Which role, to whom, until when."""

    role = forms.ChoiceField(label=_("Rôle"))
    email = forms.EmailField(
        label=_("Adresse de courriel de la personne"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    until = forms.DateField(
        label=_("Jusqu’au"),
        help_text=_("Ce jour compris (heure de Greenwich)."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles


class DepartureForm(StyledForm, forms.Form):
    """Who takes over, and whether the doors opened in the person's name are closed."""

    successor = forms.EmailField(
        label=_("Adresse de la personne qui prend la suite"),
        max_length=254,
        required=False,
        help_text=_("Facultatif : elle reçoit une invitation pour chacun de ces rôles."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    doors = forms.BooleanField(
        label=_("Fermer aussi ses liens et ses clés"),
        help_text=_("Un QR code imprimé cesse alors de marcher."),
        required=False,
    )
