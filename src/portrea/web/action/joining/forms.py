"""Forms of those who come: how many, what to prepare for them; the code written down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portrea.action.joining import number, words
from portrea.web.accounts.forms import StyledForm

_BOXES = {"class": "check__box"}


class JoinForm(StyledForm, forms.Form):
    """How many people come, and what to prepare; nothing else is asked."""

    people = forms.TypedChoiceField(label=_("Combien de personnes, vous compris ?"), coerce=int)
    needs = forms.MultipleChoiceField(
        label=_("Pour vous recevoir au mieux (facultatif)"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_BOXES),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = int(number("most_people"))
        told = [
            ngettext("%(n)s personne", "%(n)s personnes", n) % {"n": n} for n in range(1, most + 1)
        ]
        self.fields["people"].choices = list(enumerate(told, 1))  # type: ignore[attr-defined]
        self.fields["needs"].choices = list(words()["needs"].items())  # type: ignore[attr-defined]


class CodeForm(StyledForm, forms.Form):
    """The code of a registration, as somebody copies it."""

    code = forms.CharField(
        label=_("Code de l’inscription"),
        max_length=20,
        help_text=_("Huit lettres et chiffres, écrits sur votre fiche."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


def _people(n: int) -> str:
    return ngettext("%(n)s personne", "%(n)s personnes", n) % {"n": n}
