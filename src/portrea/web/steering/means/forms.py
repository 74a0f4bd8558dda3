"""Forms of the means: an action, a line, a table to import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portrea.base.errors import PortreaError
from portrea.steering.means import INVESTMENT, kinds, natures, rule
from portrea.steering.means_reading import MOST_AMOUNT, amount_of
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.services.words import kept
from portrea.web.steering.models.means import CountedBy

FIRST_YEAR, LAST_YEAR = 2000, 2060


class _Plain(StyledForm, forms.Form):
    """Texts that hold a secret are refused."""

    def clean(self) -> dict[str, Any]:
        """Say which text holds what may not be kept."""
        told = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if type(field) is not forms.CharField:
                continue
            try:
                kept(told.get(name) or "", 160)
            except PortreaError as error:
                self.add_error(name, f"{error.message} {error.remedy}")
        return dict(told)


class ActionForm(_Plain):
    """What an action is, and which records of activity are its own."""

    title = forms.CharField(
        label=lazy("Nom de l’action"), max_length=160,
        help_text=lazy("« Bus des droits », « Ateliers du mardi ». Pas de nom de personne."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=lazy("Type"))
    counted = forms.ChoiceField(
        label=lazy("Comptes rendus qui disent qui elle a aidé"), choices=CountedBy.choices,
        help_text=lazy("Un coût par personne n’est dit que si ces comptes rendus existent."),
    )  # fmt: skip
    series = forms.ChoiceField(label=lazy("Série d’ateliers"), required=False)

    def __init__(self, *args: Any, series: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds().items())  # type: ignore[attr-defined]
        self.fields["series"].choices = [("", _("aucune")), *series]  # type: ignore[attr-defined]


class LineForm(_Plain):
    """A line of means. An amount is written as people write it."""

    nature = forms.ChoiceField(label=lazy("Nature"))
    year = forms.IntegerField(
        label=lazy("Année"), min_value=FIRST_YEAR, max_value=LAST_YEAR,
        help_text=lazy("Pour un investissement : l’année de l’achat."),
    )  # fmt: skip
    amount = forms.CharField(
        label=lazy("Montant"), max_length=24,
        help_text=lazy("En euros, en ETP ou en heures selon la nature : 12 500,50."),
    )  # fmt: skip
    life = forms.IntegerField(
        label=lazy("Durée de vie, en années"), required=False, min_value=1,
        help_text=lazy("Pour un investissement seulement : son coût est réparti sur ces années."),
    )  # fmt: skip
    funder = forms.CharField(label=lazy("Financeur"), max_length=160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nature"].choices = list(natures().items())  # type: ignore[attr-defined]

    def clean_amount(self) -> str:
        """Return the amount with two decimals."""
        found = amount_of(self.cleaned_data["amount"])
        if not found:
            raise forms.ValidationError(
                _(
                    "Écrivez un nombre plus grand que zéro, comme 12 500,50 ; au plus {:.0e}."
                ).format(MOST_AMOUNT)
            )
        return f"{found:.2f}"

    def clean(self) -> dict[str, Any]:
        """Ask for the life of an investment, and for nothing else’s."""
        told = super().clean()
        longest, life = rule("longest_life"), told.get("life")
        if told.get("nature") != INVESTMENT:
            return told | {"life": 1}
        if not life and "life" not in self.errors:
            self.add_error("life", _("Dites sur combien d’années cet achat servira."))
        elif life and life > longest:
            self.add_error("life", _("{} ans au plus.").format(longest))
        return told


class ImportForm(StyledForm, forms.Form):
    """A table of lines."""

    file = forms.FileField(
        label=lazy("Fichier CSV ou XLSX"),
        help_text=lazy("Une ligne par montant. Tout est lu avant que rien soit ajouté."),
    )
