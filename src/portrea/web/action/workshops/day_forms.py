"""Forms of the day and after: who came, a difficulty met, the balance sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portrea.action.activity import LONGEST as LONGEST_DAY
from portrea.action.activity import words
from portrea.base.errors import PortreaError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.difficulties.forms import ToldForm
from portrea.web.action.services.balance import LONGEST, TEXTS, length_of
from portrea.web.action.services.joining import MOST_WALK_INS
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.action.models import Registration, Workshop

_BOXES = {"class": "check__box"}
PREFIX = "venus-"
NOWHERE = ("holder", "place", "day", "picture")
"""Fields of a difficulty that the workshop answers for."""


class AttendanceForm(StyledForm, forms.Form):
    """How many people of each registration came; how many came without one."""

    walk_ins = forms.IntegerField(
        label=gettext_lazy("Personnes venues sans inscription"),
        min_value=0,
        max_value=MOST_WALK_INS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self, *args: Any, rows: Iterable[Registration], walk_ins: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial["walk_ins"] = walk_ins
        self.rows = {f"{PREFIX}{row.pk}": row for row in rows}
        for name, row in self.rows.items():
            self.fields[name] = _came(row)

    def came(self) -> dict[int, int | None]:
        """Return how many came by row, ``None`` when it is not said."""
        return {row.pk: self.cleaned_data[name] for name, row in self.rows.items()}


class BalanceForm(StyledForm, forms.Form):
    """What a workshop was, once it is over."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Durée, en minutes"), min_value=1, max_value=LONGEST_DAY
    )
    where = forms.ChoiceField(label=gettext_lazy("Où, pour les statistiques"))
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Thèmes abordés"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_BOXES),
    )
    went = forms.CharField(label=gettext_lazy("Comment cela s’est passé"))
    things = forms.CharField(label=gettext_lazy("Matériel : ce qui a manqué, ce qui a servi"))
    cost = forms.CharField(label=gettext_lazy("Ce que cela a coûté"))
    steps = forms.CharField(label=gettext_lazy("La suite : quoi, quelle structure, pour quand"))

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet = workshop.balance
        self.initial = {name: sheet.get(name, "") for name in TEXTS} | {
            "minutes": sheet.get("minutes") or length_of(workshop),
            "where": sheet.get("where") or "lieu_activite",
            "themes": sheet.get("themes", workshop.themes),
        }
        self.fields["where"].choices = list(words()["places"].items())  # type: ignore[attr-defined]
        self.fields["themes"].choices = list(words()["themes"].items())  # type: ignore[attr-defined]
        for name in TEXTS:
            field = self.fields[name]
            field.required, field.max_length = False, LONGEST  # type: ignore[attr-defined]
            field.widget = forms.Textarea(
                attrs={"rows": 3, "class": "form-control", "maxlength": LONGEST}
            )
        self.fields["went"].help_text = _(
            "Ni nom, ni maladie, ni numéro : ce qui désigne quelqu’un est retiré."
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what may never be kept, where it was typed."""
        told = super().clean() or {}
        for name in TEXTS:
            try:
                kept(told.get(name, ""), LONGEST)
            except PortreaError as error:
                self.add_error(name, f"{error.message} {error.remedy}")
        return told


class MetForm(ToldForm):
    """A difficulty met during a workshop: where and when are known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, holders=[], **kwargs)
        for name in NOWHERE:
            del self.fields[name]


def _came(row: Registration) -> forms.TypedChoiceField:
    counts = [
        (str(n), ngettext("%(n)s venue", "%(n)s venues", n) % {"n": n})
        for n in range(1, row.people + 1)
    ]
    if row.people == 1:
        counts = [("1", _("Venu·e"))]
    unknown, nobody = ("", _("Pas encore")), ("0", _("Non venu·e"))
    return forms.TypedChoiceField(
        label=ngettext("%(n)s personne", "%(n)s personnes", row.people) % {"n": row.people},
        coerce=int,
        empty_value=None,
        required=False,
        choices=[unknown, *counts, nobody],
        initial="" if row.came is None else str(row.came),
        widget=forms.RadioSelect(attrs=_BOXES),
    )


def _venues(n: int) -> str:
    return ngettext("%(n)s venue", "%(n)s venues", n) % {"n": n}
