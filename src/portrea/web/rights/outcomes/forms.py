"""Forms of the log: one right in a few taps, all its days to correct, a call, an action, a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.rights.outcomes import CODED, ENDS, OTHER, STEPS, Case, right_names, words
from portrea.web.accounts.forms import StyledForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.web.rights.models import Outreach

UNTOLD = ("", _("Non renseigné"))
MOMENTS = (("", _("N’importe quand")), ("matin", _("Le matin")), ("midi", _("À midi")),
           ("apres-midi", _("L’après-midi")), ("soir", _("En fin de journée")))  # fmt: skip
_OFF = {"autocomplete": "off"}


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required)


def _line(label: Any, most: int, *, required: bool = False, **told: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=_OFF | told.pop("attrs", {}))
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, **told)


def _euros(label: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs=_OFF | {"inputmode": "decimal", "step": "0.01"})
    return forms.DecimalField(
        label=label, max_digits=9, decimal_places=2, required=False, widget=widget
    )


def _coded(label: Any, field: str) -> forms.ChoiceField:
    """Return the choice of a code; none is « non renseigné »."""
    return forms.ChoiceField(
        label=label, required=False, choices=lambda: [UNTOLD, *words()[CODED[field]].items()]
    )


class FollowedForm(StyledForm, forms.Form):
    """What a new right and a right corrected both ask."""

    right = forms.ChoiceField(
        label=_("Quel droit ?"), choices=lambda: [("", _("Choisir")), *right_names().items()]
    )
    procedure = _line(
        _("Lequel, si c’est un autre droit"),
        120,
        help_text=_("« Carte de transport solidaire ». Jamais de nom de personne."),
    )
    origin = _coded(_("Comment ce droit a-t-il été repéré ?"), "origin")
    outreach = forms.ChoiceField(label=_("Pendant quelle action ?"), required=False)
    age = _coded(_("Âge"), "age")
    status = _coded(_("Situation"), "status")
    gender = _coded(_("Genre"), "gender")

    def __init__(self, *args: Any, actions: Sequence[Outreach], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actions = {str(one.pk): one for one in actions}
        named = [(pk, f"{one.title} ({one.day:%d/%m/%Y})") for pk, one in self.actions.items()]
        self.fields["outreach"].choices = [("", _("Aucune")), *named]  # type: ignore[attr-defined]

    @property
    def action(self) -> Outreach | None:
        """The action chosen."""
        return self.actions.get(self.cleaned_data["outreach"])

    def clean(self) -> dict[str, Any]:
        """Take the kind of the action as the origin, unless another one is told."""
        told = super().clean() or self.cleaned_data
        if self.action and not told.get("origin"):
            told["origin"] = self.action.kind
        if told.get("procedure") and told.get("right") not in (OTHER, None):
            told["procedure"] = ""
        return told

    def _common(self) -> dict[str, Any]:
        names = ("right", "procedure", "origin", "age", "status", "gender")
        return {name: self.cleaned_data[name] for name in names}


class NewForm(FollowedForm):
    """A right that was just detected; how far one already is, the same day."""

    sent = forms.UUIDField(widget=forms.HiddenInput)
    holder = forms.ChoiceField(label=_("Vous notez pour"))
    detected = _day(_("Quel jour ?"), required=True)
    reached = forms.ChoiceField(
        label=_("Où en est-on ?"), initial="detected",
        widget=forms.RadioSelect(attrs={"class": "check__box"}),
        choices=lambda: [(stage, words()["stages"][stage]) for stage in STEPS],
    )  # fmt: skip

    field_order = ("sent", "holder", "right", "procedure", "reached", "detected", "origin",
                   "outreach")  # fmt: skip

    def __init__(
        self, *args: Any, holders: list[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"sent": uuid4(), "detected": today} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]

    def case(self) -> Case:
        """Return the case that was told."""
        day, reached = self.cleaned_data["detected"], self.cleaned_data["reached"]
        made = Case(detected=day, **self._common())
        return made if reached == "detected" else replace(made, **{reached: day})


class CorrectForm(FollowedForm):
    """Every day, code and amount of a right."""

    detected = _day(_("Repéré le"), required=True)
    informed = _day(_("Informé le"))
    accompanied = _day(_("Accompagné le"))
    applied = _day(_("Demandé le"))
    opened = _day(_("Ouvert le"))
    monthly = _euros(_("Montant par mois, en euros"))
    back_pay = _euros(_("Rappel versé, en euros"))
    refused = _day(_("Refusé le"))
    refusal = _coded(_("Motif du refus"), "refusal")
    abandoned = _day(_("Abandonné le"))
    abandon = _coded(_("Motif de l’abandon"), "abandon")

    field_order = ("right", "procedure", *STEPS, "opened", "monthly", "back_pay", "refused",
                   "refusal", "abandoned", "abandon", "origin", "outreach")  # fmt: skip

    def case(self) -> Case:
        """Return the case that was told."""
        names = (*STEPS, *ENDS, "monthly", "back_pay", "refusal", "abandon")
        return Case(**self._common(), **{name: self.cleaned_data[name] for name in names})


class OpenForm(StyledForm, forms.Form):
    """When a right was opened, and how much."""

    day = _day(_("Ouvert le"), required=True)
    monthly = _euros(_("Montant par mois, en euros (facultatif)"))
    back_pay = _euros(_("Rappel versé, en euros (facultatif)"))


class RefuseForm(StyledForm, forms.Form):
    """When a right was refused, and why."""

    day = _day(_("Refusé le"), required=True)
    reason = forms.ChoiceField(
        label=_("Pourquoi ?"), choices=lambda: list(words()["refusals"].items())
    )


class AbandonForm(StyledForm, forms.Form):
    """When somebody gave up, and why."""

    day = _day(_("Abandonné le"), required=True)
    reason = forms.ChoiceField(
        label=_("Pourquoi ?"), choices=lambda: list(words()["abandons"].items())
    )


END_FORMS = {"opened": OpenForm, "refused": RefuseForm, "abandoned": AbandonForm}


class CallForm(StyledForm, forms.Form):
    """How to call somebody, with her consent."""

    called = _line(
        _("Comment l’appeler ?"), 40, required=True,
        help_text=_("Un prénom ou un surnom, celui que la personne choisit."),
    )  # fmt: skip
    phone = _line(_("Téléphone"), 20, required=True, attrs={"inputmode": "tel"})
    moment = forms.ChoiceField(label=_("Quand ?"), choices=MOMENTS, required=False)
    agreed = forms.BooleanField(
        label=_("La personne a lu ou entendu ce texte et accepte"), required=False
    )


class OutreachForm(StyledForm, forms.Form):
    """An action that looks for people."""

    holder = forms.ChoiceField(label=_("Pour"))
    title = _line(_("Nom de l’action"), 120, required=True, help_text=_("« Atelier du marché »"))
    kind = forms.ChoiceField(label=_("Type"), choices=lambda: list(words()["origins"].items()))
    day = _day(_("Jour"), required=True)
    hours = forms.DecimalField(
        label=_("Heures de travail de l’équipe"), max_digits=6, decimal_places=1, required=False,
        help_text=_("Préparation comprise, toutes les personnes. Inconnues, laissez vide."),
        widget=forms.NumberInput(attrs=_OFF | {"inputmode": "decimal", "step": "0.5"}),
    )  # fmt: skip
    reference = _line(
        _("Numéro de l’atelier ou de la maraude"), 60, help_text=_("Facultatif, s’il y en a un.")
    )

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]


class FileForm(StyledForm, forms.Form):
    """A file of rights followed."""

    holder = forms.ChoiceField(label=_("Pour qui ?"))
    file = forms.FileField(
        label=_("Fichier"),
        help_text=_("CSV ou classeur, nos colonnes. 20 Mo et 5 000 lignes au plus."),
    )

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]


class CodeForm(StyledForm, forms.Form):
    """The code that a person was given."""

    code = _line(_("Votre code"), 20, required=True)
