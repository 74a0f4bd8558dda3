"""Forms of the network: a link, a community, a news."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.vocab.situations import Situation
from portrea.web.accounts.forms import StyledForm
from portrea.web.offer.models import Place
from portrea.web.steering.models import News
from portrea.web.steering.models.network import KINDS

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

SHOWN_DAYS, LONGEST_DAYS = 60, 366
"""How long a news is shown when nobody says, and at most."""


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, help_text=help_text)


class _OnPlaces(StyledForm, forms.Form):
    """A form whose choices are structures, given when it is made."""

    def __init__(self, *args: Any, places: dict[str, QuerySet[Place]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in places.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


def _place(label: Any, help_text: Any = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Place.objects.none(), label=label, help_text=help_text,
        empty_label=gettext_lazy("Choisissez une structure"),
    )  # fmt: skip


class TieForm(_OnPlaces):
    """Which structure, which link, with which other."""

    source = _place(gettext_lazy("La structure"))
    kind = forms.ChoiceField(label=gettext_lazy("Le lien"), choices=KINDS)
    target = _place(
        gettext_lazy("L’autre structure"),
        gettext_lazy("Elle est plus loin ? Déclarez ce lien depuis la page de son département."),
    )
    about = forms.CharField(
        label=gettext_lazy("À quel sujet (facultatif)"), max_length=160, required=False,
        help_text=gettext_lazy("Par exemple : ateliers du jeudi. Aucun nom de personne."),
    )  # fmt: skip


class CommunityForm(_OnPlaces):
    """What a community is about, when it meets, who is in it."""

    title = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    theme = forms.ChoiceField(
        label=gettext_lazy("Thème"), choices=[(one.value, one.label) for one in Situation]
    )
    about = forms.CharField(
        label=gettext_lazy("À quoi elle sert (facultatif)"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    next_day = _day(gettext_lazy("Prochaine rencontre (facultatif)"))
    next_place = forms.CharField(
        label=gettext_lazy("Lieu de la rencontre (facultatif)"), max_length=160, required=False
    )
    members = forms.ModelMultipleChoiceField(
        None, label=gettext_lazy("Structures"), required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check__box"}),
    )  # fmt: skip


class NewsForm(_OnPlaces):
    """What a structure does or looks for, for whom, until when."""

    place = _place(gettext_lazy("La structure"))
    kind = forms.ChoiceField(label=gettext_lazy("De quoi s’agit-il ?"), choices=News.Kind.choices)
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    words = forms.CharField(
        label=gettext_lazy("En quelques mots"), max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Aucun nom ni numéro de personne : donnez ceux de la structure."),
    )  # fmt: skip
    day = _day(gettext_lazy("Date de l’action (facultatif)"))
    link = forms.URLField(
        label=gettext_lazy("Adresse web (facultatif)"), max_length=300, required=False,
        assume_scheme="https",
    )  # fmt: skip
    audience = forms.ChoiceField(label=gettext_lazy("Pour qui ?"), choices=News.Audience.choices)
    until = _day(
        gettext_lazy("Montrée jusqu’au"), required=True,
        help_text=gettext_lazy("Un an au plus. Ensuite la nouvelle est retirée, puis effacée."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        initial = {"until": today + timedelta(days=SHOWN_DAYS)} | (
            kwargs.pop("initial", None) or {}
        )
        super().__init__(*args, initial=initial, **kwargs)

    def clean_until(self) -> date:
        """Refuse a day that is past, or too far."""
        told: date = self.cleaned_data["until"]
        if told < self.today:
            raise forms.ValidationError(_("Ce jour est passé : choisissez-en un à venir."))
        if told > self.today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("C’est plus d’un an : choisissez un jour plus proche."))
        return told
