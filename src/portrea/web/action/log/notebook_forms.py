"""What is asked to open a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from portrea.web.action.services.notebooks import DAYS, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = (gettext_lazy("un jour"), gettext_lazy("un mois"), gettext_lazy("six mois"))


class NotebookForm(forms.Form):
    """For whom one writes, a name, a duration."""

    holder = forms.ChoiceField(label=gettext_lazy("Pour"))
    label = forms.CharField(
        label=gettext_lazy("Nom du carnet"), max_length=LABEL,
        help_text=gettext_lazy("Par exemple : bus, maraude du jeudi. Pas de nom de personne."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ouvert pour"), coerce=int, initial=30,
        choices=list(zip(DAYS, WORDS, strict=True)),
    )  # fmt: skip

    def __init__(self, *given: Any, holders: Sequence[tuple[str, str]], **told: Any) -> None:
        super().__init__(*given, **told)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]
