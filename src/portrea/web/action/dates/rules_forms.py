"""A rule of dates written by a territory, in plain fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action.deadline_rules import RELIABLE, Pace, read_rules
from portrea.base.errors import ParameterError
from portrea.web.action.dates.forms import DAY, MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.action.models import DateRule

PACES = [
    (str(Pace.BEFORE_END), gettext_lazy("Avant la fin d’un droit")),
    (str(Pace.ANNIVERSARY), gettext_lazy("Chaque année, au jour de la demande")),
    (str(Pace.CYCLE), gettext_lazy("Tous les … mois depuis le début du droit")),
    (str(Pace.YEARLY), gettext_lazy("Chaque année, à partir d’un mois")),
]
MOST = {"name": 40, "long": 300}


class RuleForm(forms.Form):
    """One rule: what, for whom, when, what happens if forgotten, where it was read."""

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    right = forms.CharField(
        label=gettext_lazy("Droit ou aide"), max_length=80,
        help_text=gettext_lazy("Par exemple : chèque eau, tarif solidaire des transports."),
    )  # fmt: skip
    body = forms.CharField(label=gettext_lazy("Service qui le tient"), max_length=80)
    step = forms.CharField(label=gettext_lazy("Ce qu’il faut faire"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Quand cela revient"), choices=PACES)
    every = forms.IntegerField(
        label=gettext_lazy("Tous les combien de mois"), required=False, min_value=1, max_value=24
    )
    opens = forms.IntegerField(
        label=gettext_lazy("On peut le faire … mois avant"), required=False, min_value=0,
        max_value=24,
    )  # fmt: skip
    closes = forms.IntegerField(
        label=gettext_lazy("Au plus tard … mois avant"), required=False, min_value=0, max_value=24
    )
    opens_month = forms.ChoiceField(
        label=gettext_lazy("À partir de quel mois"),
        required=False,
        choices=[("", "—"), *((str(rank), name) for rank, name in enumerate(MONTHS, 1))],
    )
    words = forms.CharField(
        label=gettext_lazy("Précision sur les dates"), required=False, max_length=MOST["long"]
    )
    forgotten = forms.CharField(
        label=gettext_lazy("Ce qui arrive si on oublie"), max_length=MOST["long"]
    )
    source = forms.CharField(
        label=gettext_lazy("Où l’avez-vous lu ?"), max_length=200, required=False,
        help_text=gettext_lazy("Délibération, page officielle… Sans source, la règle est refusée."),
    )  # fmt: skip
    source_date = forms.CharField(
        label=gettext_lazy("Date de cette source (année, ou jour)"), max_length=10, required=False
    )
    checked = forms.DateField(label=gettext_lazy("Relue le"), widget=DAY)
    reliability = forms.ChoiceField(
        label=gettext_lazy("À quel point s’y fier"), choices=[(one, one) for one in RELIABLE]
    )

    def __init__(self, *given: Any, territories: Sequence[tuple[str, str]], **told: Any) -> None:
        super().__init__(*given, **told)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask the reader of rules what it thinks of this one."""
        told = super().clean() or {}
        if self.errors:
            return told
        told["card"] = card_of(told)
        try:
            read_rules({"rules": {told["right"]: {**told["card"], "checked": told["checked"]}}})
        except ParameterError as error:
            self.add_error(None, f"{error.message} {_plain(error.remedy)}".strip())
        return told

    @property
    def name(self) -> str:
        """Return the technical name of the rule."""
        return slugify(self.cleaned_data["right"])[: MOST["name"]] or "regle"


def card_of(told: dict[str, Any]) -> dict[str, Any]:
    """Return the card that the reader of rules reads."""
    card: dict[str, Any] = {
        name: told[name] for name in ("right", "body", "step", "kind", "forgotten", "reliability")
    }
    if told.get("words"):
        card["words"] = told["words"]
    if told.get("source") or told.get("source_date"):
        card["sources"] = [{"title": told.get("source", ""), "date": told.get("source_date", "")}]
    match told["kind"]:
        case Pace.CYCLE:
            card |= {"every": told.get("every") or 0, "supposed": True}
        case Pace.YEARLY:
            card["opens_month"] = int(told.get("opens_month") or 0)
        case _:
            for name in ("opens", "closes"):
                if told.get(name) is not None:
                    card[name] = {"months": told[name]}
    return card


def starting(rule: DateRule) -> dict[str, Any]:
    """Return what the form shows of a rule already written."""
    card = dict(rule.card)
    source = (card.pop("sources", None) or [{}])[0]
    months = {
        name: card[name]["months"]
        for name in ("opens", "closes")
        if isinstance(card.get(name), dict)
    }
    return (
        card
        | months
        | {
            "territory": rule.territory,
            "source": source.get("title", ""),
            "source_date": source.get("date", ""),
            "checked": rule.checked,
        }
    )


def _plain(remedy: str | None) -> str:
    return _("Complétez les champs de la règle.") if remedy and "«" in remedy else remedy or ""
