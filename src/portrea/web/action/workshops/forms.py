"""Forms of a workshop: the day itself, its contacts, its equipment, its team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action import preparing
from portrea.action.activity import words
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.clock import when, zone_at
from portrea.web.action.models import Contact, Helper, Workshop
from portrea.web.action.workshops.fields import day, hour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.action.models import Shift

MORE = 2
"""Empty lines offered at the end of a list."""
MOST_ROWS = 60


class PatternForm(StyledForm, forms.Form):
    """What the workshops of a series share."""

    title = forms.CharField(
        label=gettext_lazy("Nom de l’atelier"),
        max_length=160,
        help_text=gettext_lazy("Celui que liront les habitant·es : « Mes démarches en ligne »."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Quoi"),
        choices=Workshop.Format.choices,
        help_text=gettext_lazy(
            "Les contacts à prendre et le matériel à prévoir sont proposés selon ce choix."
        ),
    )
    about = forms.CharField(
        label=gettext_lazy("Ce qu’on y fait (facultatif)"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Deux ou trois phrases simples, lues avant de s’inscrire."),
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Thèmes (facultatif)"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone pour s’inscrire (facultatif)"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("Celui d’un accueil, pas celui d’une personne : il est affiché."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        required=False,
        min_value=1,
        max_value=5_000,
        help_text=gettext_lazy("Vide : pas de limite."),
    )
    waiting = forms.IntegerField(
        label=gettext_lazy("Places en liste d’attente"),
        required=False,
        min_value=0,
        max_value=500,
        help_text=gettext_lazy("Vide : pas de liste d’attente."),
    )
    training = forms.CharField(
        label=gettext_lazy("Formation demandée à l’équipe (facultatif)"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "formations", "autocomplete": "off"}),
    )
    public = forms.BooleanField(
        label=gettext_lazy("Ouvrir l’inscription sans compte"),
        required=False,
        help_text=gettext_lazy("L’atelier est alors montré sur le site. Aucun nom n’est demandé."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].choices = list(words()["themes"].items())  # type: ignore[attr-defined]

    def clean_waiting(self) -> int:
        """Read « empty » as no waiting list."""
        return self.cleaned_data["waiting"] or 0


class WorkshopForm(PatternForm):
    """One day: when, where, for whom."""

    day = day(gettext_lazy("Jour"))
    starts = hour(gettext_lazy("Début"))
    ends = hour(gettext_lazy("Fin"))
    commune = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    place = forms.ChoiceField(
        label=gettext_lazy("Lieu du recensement (facultatif)"),
        required=False,
        help_text=gettext_lazy("Ceux de la commune enregistrée. Son nom est repris s’il est vide."),
    )
    place_name = forms.CharField(
        label=gettext_lazy("Lieu"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Salle des fêtes, médiathèque… Vide tant qu’il n’est pas trouvé."),
    )
    address = forms.CharField(label=gettext_lazy("Adresse du lieu"), required=False, max_length=240)
    host = forms.CharField(
        label=gettext_lazy("Mairie ou structure d’accueil"), required=False, max_length=160
    )
    field_order = (
        "title", "format", "day", "starts", "ends", "commune", "place", "place_name", "address",
        "host", "about", "themes", "capacity", "waiting", "phone", "training", "public",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        communes: list[tuple[str, str]],
        places: list[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        unknown = ("", _("À choisir plus tard"))
        self.fields["commune"].choices = [unknown, *communes]  # type: ignore[attr-defined]
        self.names = dict(places or ())
        if places:
            self.fields["place"].choices = [("", _("Un autre lieu")), *places]  # type: ignore[attr-defined]
        else:
            del self.fields["place"]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before its beginning; a place of the census gives its name."""
        told = ordered(self)
        if told.get("place") and not told.get("place_name"):
            told["place_name"] = self.names[told["place"]][:160]
        return told


class NewWorkshopForm(WorkshopForm):
    """The same, with who holds it; the commune comes once the territory is known."""

    holder = forms.ChoiceField(label=gettext_lazy("Pour qui"))
    field_order = ("title", "format", "holder", *WorkshopForm.field_order[2:])

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, communes=[], **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]
        del self.fields["commune"]


class ContactForm(StyledForm, forms.Form):
    """Somebody to write to, by function; a line without one is left out."""

    who = forms.CharField(label=gettext_lazy("Qui (fonction)"), max_length=120, required=False)
    why = forms.CharField(label=gettext_lazy("Pour quoi"), max_length=160, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Où en est-on"), choices=Contact.State.choices, required=False
    )
    due = day(gettext_lazy("Pour le"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=400, required=False)


class ThingForm(StyledForm, forms.Form):
    """Something to bring; an empty line is left out."""

    what = forms.CharField(label=gettext_lazy("Matériel"), max_length=80, required=False)
    number = forms.IntegerField(
        label=gettext_lazy("Combien"), min_value=1, max_value=9_999, required=False
    )
    ready = forms.BooleanField(label=gettext_lazy("Prêt"), required=False)
    only = forms.BooleanField(label=gettext_lazy("Un seul lot"), required=False)


class TrainingForm(StyledForm, forms.Form):
    """A training that somebody followed; an empty line is left out."""

    what = forms.CharField(
        label=gettext_lazy("Formation"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "formations", "autocomplete": "off"}),
    )
    until = day(gettext_lazy("Valable jusqu’au (vide : sans fin)"), required=False)


class HelperForm(StyledForm, forms.Form):
    """Somebody of the team."""

    label = forms.CharField(
        label=gettext_lazy("Prénom ou fonction"),
        max_length=60,
        help_text=gettext_lazy("Le mot que l’équipe comprend. Ni nom de famille, ni téléphone."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Statut"), choices=Helper.Kind.choices)
    holder = forms.ChoiceField(label=gettext_lazy("Équipe de"))

    def __init__(
        self, *args: Any, holders: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if holders is None:
            del self.fields["holder"]
        else:
            self.fields["holder"].choices = holders  # type: ignore[attr-defined]


class ShiftForm(StyledForm, forms.Form):
    """A part of the day and who holds it."""

    task = forms.CharField(
        label=gettext_lazy("Pour faire quoi"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "taches", "autocomplete": "off"}),
    )
    starts = hour(gettext_lazy("De"))
    ends = hour(gettext_lazy("À"))
    helper = forms.ModelChoiceField(
        label=gettext_lazy("Qui"),
        queryset=Helper.objects.none(),
        required=False,
        empty_label=gettext_lazy("Personne pour le moment"),
    )
    training = forms.CharField(
        label=gettext_lazy("Formation demandée (facultatif)"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Vide : celle de l’atelier, s’il en demande une."),
        widget=forms.TextInput(attrs={"list": "formations", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, helpers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = helpers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before its beginning."""
        return ordered(self)


Contacts = forms.formset_factory(ContactForm, extra=MORE, max_num=MOST_ROWS)
Things = forms.formset_factory(ThingForm, extra=MORE, max_num=MOST_ROWS)
Trainings = forms.formset_factory(TrainingForm, extra=MORE, max_num=20)


def ordered(form: Any) -> dict[str, Any]:
    """Return what a form says, an end before its beginning refused where it is written."""
    told: dict[str, Any] = forms.Form.clean(form) or form.cleaned_data
    starts, ends = told.get("starts"), told.get("ends")
    if starts and ends and ends <= starts:
        form.add_error("ends", _("La fin vient avant le début : vérifiez les deux heures."))
    return told


def starting(workshop: Workshop) -> dict[str, Any]:
    """Return what the form of a workshop shows first."""
    now = when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune))
    told = {name: getattr(workshop, name) for name in WorkshopForm.base_fields
            if hasattr(workshop, name)}  # fmt: skip
    return told | {"day": now.day, "starts": now.starts, "ends": now.ends}


def shift_starting(workshop: Workshop, shift: Shift | None) -> dict[str, Any]:
    """Return what the form of a shift shows first: the whole workshop for a new one."""
    zone = zone_at(workshop, workshop.commune)
    of = shift or workshop
    now = when(of.starts, of.ends, zone)
    told = {"starts": now.starts, "ends": now.ends}
    if shift is None:
        return told
    return told | {"task": shift.task, "training": shift.training, "helper": shift.helper_id}


def rows(formset: Any, first: str) -> list[dict[str, Any]]:
    """Return the lines of a list that say something in their first field."""
    return [one for one in formset.cleaned_data if one.get(first)]


def suggestions(helpers: Iterable[Helper] = ()) -> dict[str, list[str]]:
    """Return the words offered while typing: trainings, tasks of a team."""
    mine = [one["what"] for helper in helpers for one in helper.trainings]
    trainings = dict.fromkeys([*preparing.words()["trainings"], *mine])
    return {"trainings": list(trainings), "tasks": list(preparing.words()["tasks"])}
