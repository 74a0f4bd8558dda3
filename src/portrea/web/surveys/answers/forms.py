"""Forms around answers: a file to import, an answer to erase."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm


class ImportForm(StyledForm, forms.Form):
    """A file of answers and the version that it answers."""

    file = forms.FileField(
        label=_("Fichier de réponses"),
        help_text=_(
            "KoboToolbox : export « XLS » ou « CSV » avec « valeurs XML » et non les libellés, ou "
            "JSON. ODK Central : CSV, ou ZIP de tous les CSV, ou JSON (OData). Ou un export "
            "d’ici."
        ),
    )
    version = forms.ChoiceField(label=_("Version du questionnaire remplie"))
    dry = forms.BooleanField(
        label=_("Seulement vérifier, sans rien garder"), required=False, initial=True
    )

    def __init__(self, *args: Any, versions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = versions  # type: ignore[attr-defined]


class EraseForm(StyledForm, forms.Form):
    """The number of an answer, or how it begins, and the day it was given."""

    signs = forms.CharField(
        label=_("Numéro de la réponse, ou ses quatre premiers signes au moins"),
        max_length=45,
        help_text=_("La personne l’a lu ou imprimé après avoir répondu."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    day = forms.DateField(
        label=_("Jour de la réponse"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
