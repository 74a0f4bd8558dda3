"""Forms that start a questionnaire: its title, its territory, a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from portrea.web.accounts.forms import StyledForm


class StartForm(StyledForm, forms.Form):
    """The title and the territory of a new questionnaire."""

    title = forms.CharField(
        label=gettext_lazy("Titre, tel que le lisent ceux qui répondent"), max_length=200
    )
    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


class Several(forms.ClearableFileInput):
    """A choice of several files at once."""

    allow_multiple_selected = True


class ImportForm(StartForm):
    """A workbook made elsewhere, and the lists that it keeps in files of their own."""

    title = forms.CharField(
        label=gettext_lazy("Titre (vide : celui du fichier)"), max_length=200, required=False
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier XLSForm (.xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
    )
    lists = forms.Field(
        label=gettext_lazy("Listes de choix en CSV, si le questionnaire en a"),
        required=False,
        widget=Several(attrs={"accept": ".csv"}),
        help_text=gettext_lazy("Celles que nomme « select_one_from_file »."),
    )
    field_order = ("file", "lists", "title", "territory")


class TitleForm(StyledForm, forms.Form):
    """The title of a questionnaire."""

    title = forms.CharField(
        label=gettext_lazy("Titre, tel que le lisent ceux qui répondent"), max_length=200
    )


class LanguageForm(StyledForm, forms.Form):
    """A language to translate into."""

    language = forms.RegexField(
        r"^[^:|\x00-\x1f]{2,60}$",
        label=gettext_lazy("Ajouter une langue"),
        max_length=60,
        error_messages={"invalid": gettext_lazy("Écrivez par exemple « English (en) ».")},
        help_text=gettext_lazy("Son nom dans cette langue et son code : « English (en) »."),
    )
