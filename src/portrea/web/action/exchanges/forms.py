"""The file to be imported, and for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm


class FileForm(StyledForm, forms.Form):
    """A file of records."""

    holder = forms.ChoiceField(label=_("Pour qui ?"))
    file = forms.FileField(
        label=_("Fichier"),
        help_text=_(
            "CSV ou classeur (nos colonnes, ou celles de la Coop), page JSON de la Coop, ou export "
            "de la première version des conseillers numériques. 20 Mo et 5 000 lignes au plus."
        ),
    )

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]
