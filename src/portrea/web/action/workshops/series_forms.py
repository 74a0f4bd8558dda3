"""The form of a series, a sentence: every three months, between the 15th and the 20th."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action import preparing
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.workshops.fields import day, hour
from portrea.web.action.workshops.forms import PatternForm, ordered

if TYPE_CHECKING:
    from portrea.web.action.models import Series

MOST_TURNS = 3
RHYTHM = ("every", "window_first", "window_last", "weekday", "turn_1", "turn_2", "turn_3")
"""Fields that make the sentence, in its order."""
WEEKDAYS = (
    ("", gettext_lazy("le premier jour ouvré")),
    ("0", gettext_lazy("le lundi")),
    ("1", gettext_lazy("le mardi")),
    ("2", gettext_lazy("le mercredi")),
    ("3", gettext_lazy("le jeudi")),
    ("4", gettext_lazy("le vendredi")),
    ("5", gettext_lazy("le samedi")),
    ("6", gettext_lazy("le dimanche")),
)


def _number(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most)


class RhythmForm(StyledForm, forms.Form):
    """The rhythm of a series, its hours, from when to when."""

    title = forms.CharField(
        label=gettext_lazy("Nom des ateliers"),
        max_length=160,
        help_text=gettext_lazy("Celui que liront les habitant·es : « Mes démarches en ligne »."),
    )
    every = _number(gettext_lazy("Tous les … mois"), 1, 24)
    window_first = _number(gettext_lazy("entre le"), 1, 31)
    window_last = _number(gettext_lazy("et le"), 1, 31)
    weekday = forms.ChoiceField(label=gettext_lazy("quel jour"), choices=WEEKDAYS, required=False)
    turn_1 = forms.ChoiceField(label=gettext_lazy("une fois"), required=False)
    turn_2 = forms.ChoiceField(label=gettext_lazy("puis une fois"), required=False)
    turn_3 = forms.ChoiceField(label=gettext_lazy("puis une autre fois"), required=False)
    first = day(gettext_lazy("À partir du"))
    until = day(gettext_lazy("Jusqu’au"))
    starts = hour(gettext_lazy("Début"))
    ends = hour(gettext_lazy("Fin"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", gettext_lazy("n’importe où")), *preparing.words()["turns"].items()]
        for number in range(1, MOST_TURNS + 1):
            self.fields[f"turn_{number}"].choices = (  # type: ignore[attr-defined]
                known if number == 1 else [("", "–"), *known[1:]]
            )

    def clean(self) -> dict[str, Any]:
        """Refuse dates and days that go backwards, and turns without a first one."""
        told = ordered(self)
        first, until = told.get("first"), told.get("until")
        if first and until and until < first:
            self.add_error(
                "until", _("La série finit avant de commencer : vérifiez les deux dates.")
            )
        opens, closes = told.get("window_first"), told.get("window_last")
        if opens and closes and closes < opens:
            wrong = _("Du %(opens)s au %(closes)s : ces jours du mois ne se suivent pas.")
            self.add_error("window_last", wrong % {"opens": opens, "closes": closes})
        if not told.get("turn_1") and (told.get("turn_2") or told.get("turn_3")):
            self.add_error("turn_1", _("Dites d’abord où se tient le premier."))
        return told

    def told(self) -> dict[str, Any]:
        """Return columns of a series."""
        data = self.cleaned_data
        turns = [data[f"turn_{number}"] for number in range(1, MOST_TURNS + 1)]
        names = (
            "title",
            "every",
            "window_first",
            "window_last",
            "first",
            "until",
            "starts",
            "ends",
        )
        return {name: data[name] for name in names} | {
            "weekday": int(data["weekday"]) if data["weekday"] else None,
            "turns": [turn for turn in turns if turn],
        }


class SeriesForm(RhythmForm, PatternForm):
    """A new series: its rhythm, and what its workshops share."""

    holder = forms.ChoiceField(label=gettext_lazy("Pour qui"))
    field_order = (
        "title", "holder", *RHYTHM, "first", "until", "starts", "ends", "format", "about",
        "themes", "capacity", "waiting", "phone", "training", "public",
    )  # fmt: skip

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]

    def pattern(self) -> dict[str, Any]:
        """Return what the workshops share."""
        names = set(PatternForm.base_fields) - {"title"}
        return {name: self.cleaned_data[name] for name in names}


def series_starting(series: Series) -> dict[str, Any]:
    """Return what the form of a series shows first."""
    told = {name: getattr(series, name) for name in RhythmForm.base_fields if hasattr(series, name)}
    turns = {f"turn_{number}": turn for number, turn in enumerate(series.turns, start=1)}
    return told | turns | {"weekday": "" if series.weekday is None else str(series.weekday)}
