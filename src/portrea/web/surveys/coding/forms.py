"""Forms of coding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.surveys.coding import LONGEST_LABEL

if TYPE_CHECKING:
    from portrea.web.surveys.models import Theme

LARGEST = 200_000


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"class": "form-control", "rows": 2})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=1000, widget=area
    )


class ThemeForm(forms.Form):
    """A theme of a codebook."""

    label = forms.CharField(
        label=_("Thème"),
        max_length=LONGEST_LABEL,
        help_text=_("Quelques mots, par exemple « Peur de se tromper »."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    definition = _lines(_("Quand l’employer"))
    exclusion = _lines(_("Quand ne pas l’employer"), _("Et quel autre thème employer alors."))
    example = _lines(
        _("Un exemple écrit par vous"), _("Pas une vraie réponse : le livre de codes circule.")
    )

    @staticmethod
    def of(theme: Theme) -> dict[str, str]:
        """Return a theme as its form shows it."""
        return {name: getattr(theme, name) for name in ThemeForm.base_fields}


class CodebookForm(forms.Form):
    """A codebook from a file, or pasted."""

    file = forms.FileField(
        label=_("Fichier CSV"),
        required=False,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,text/csv"}),
    )
    pasted = forms.CharField(
        label=_("Ou collez les lignes d’un tableur"),
        required=False,
        max_length=LARGEST,
        help_text=_("Première ligne : code ; thème ; quand l’employer ; quand ne pas l’employer."),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )

    def text(self) -> str:
        """Return what was given, once valid."""
        given = self.cleaned_data.get("file")
        if not given:
            return str(self.cleaned_data["pasted"])
        content: bytes = given.read(LARGEST + 1)[:LARGEST]
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", "replace")


class ShareForm(forms.Form):
    """The share that two people code."""

    twice = forms.IntegerField(
        label=_("Part des réponses lues par deux personnes, en %"),
        min_value=0,
        max_value=100,
        help_text=_("Tirées au hasard ; le tirage est gardé. 20 % suffisent d’habitude."),
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
