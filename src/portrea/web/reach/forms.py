"""The form that names a trial."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ScenarioForm(forms.Form):
    """A name for a trial."""

    title = forms.CharField(
        label=_("Nom de l’essai"),
        max_length=120,
        help_text=_("Par exemple « Permanence à Paimpont, deux matins ». N’y nommez personne."),
    )
