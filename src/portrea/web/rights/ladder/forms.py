"""The level of a territory, a partner, the summary that a person shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.rights.ladder import Level
from portrea.web.accounts.forms import StyledForm

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
INHERIT = ""
LEVELS = [
    (INHERIT, gettext_lazy("comme le territoire plus grand")),
    *((one.value, one.value) for one in Level),
]
MOST_BYTES = 200_000


class LevelForm(StyledForm, forms.Form):
    """A territory and its level."""

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    level = forms.ChoiceField(label=gettext_lazy("Niveau"), choices=LEVELS, required=False)

    def __init__(self, *args: Any, territories: Sequence[tuple[str, str]], **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Level | None:
        """Return the level, ``None`` to inherit."""
        told = self.cleaned_data["level"]
        return Level(told) if told else None


class PartnerForm(StyledForm, forms.Form):
    """A body that a text lets open a right; one already written stays in its territory."""

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    name = forms.CharField(label=gettext_lazy("Organisme"), max_length=160)
    basis = forms.CharField(
        label=gettext_lazy("Base légale : le texte et l’article qui lui donnent ce droit"),
        max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Sans texte écrit, aucun fichier ne peut être fait."),
    )  # fmt: skip
    signed = forms.DateField(label=gettext_lazy("Convention depuis le"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("Convention jusqu’au"), widget=DAY)
    service = forms.CharField(
        label=gettext_lazy("À qui remettre le fichier (un service, jamais une personne)"),
        max_length=200,
    )

    def __init__(self, *args: Any, territories: Sequence[tuple[str, str]], **told: Any) -> None:
        super().__init__(*args, **told)
        if territories:
            self.fields["territory"].choices = territories  # type: ignore[attr-defined]
        else:
            del self.fields["territory"]


class SummaryForm(StyledForm, forms.Form):
    """The file that the person shows, and her agreement."""

    summary = forms.FileField(
        label=gettext_lazy("Le fichier JSON que la personne a emporté de ses droits"),
    )
    consent = forms.BooleanField(
        label=gettext_lazy(
            "La personne est là, elle a lu ou entendu ce que contient le fichier et à qui il va, "
            "et elle est d’accord."
        ),
        required=False,
    )

    def clean_summary(self) -> Any:
        """Refuse what is too big to be a summary."""
        file = self.cleaned_data["summary"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("Ce fichier est trop gros pour un résumé de droits."))
        return file
