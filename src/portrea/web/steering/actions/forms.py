"""Forms of recommended actions: keep or change one, set one aside, bring one to the comité."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.web.accounts.forms import StyledForm
from portrea.web.steering.committee.forms import CleanedForm, day_field, text_field
from portrea.web.steering.models.recommendations import ACTION_STATES, WANTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.committee import Fact
    from portrea.web.steering.models import Meeting


class ActionForm(CleanedForm):
    """An action: what, why, how, who, for when, and the measure that will tell."""

    title = text_field(gettext_lazy("Action"), 200)
    why = text_field(
        gettext_lazy("Pourquoi"), 2_000,
        gettext_lazy("Ce qui a été compté ou entendu, et quand. Aucun nom de personne."), rows=3,
    )  # fmt: skip
    how = text_field(gettext_lazy("Comment commencer (facultatif)"), 2_000, rows=3, required=False)
    owner = text_field(
        gettext_lazy("Qui s’en charge"), 160,
        gettext_lazy("Un organisme, pas une personne. Vide tant que ce n’est pas décidé."),
        required=False,
    )  # fmt: skip
    due = day_field(gettext_lazy("Pour quand"), required=False)
    indicator = forms.ChoiceField(
        label=gettext_lazy("À quoi on le verra"), required=False,
        help_text=gettext_lazy("Sa valeur d’aujourd’hui est gardée, pour dire ce qu’elle devient."),
    )  # fmt: skip
    wanted = forms.ChoiceField(label=gettext_lazy("Ce que l’on veut"), choices=WANTED)
    target = forms.FloatField(
        label=gettext_lazy("Objectif (facultatif)"), required=False, min_value=0,
        help_text=gettext_lazy("Un nombre, dans l’unité de la mesure."),
    )  # fmt: skip
    state = forms.ChoiceField(label=gettext_lazy("Où elle en est"), choices=ACTION_STATES[:3])

    def __init__(
        self, *args: Any, measures: Mapping[str, Fact], proposed: bool = False, new: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        told = [(key, f"{fact.label} : {fact.text}") for key, fact in measures.items()]
        chosen = self.initial.get("indicator", "")
        if chosen and chosen not in measures:
            told.append((chosen, _("La mesure déjà choisie, inconnue aujourd’hui")))
        nothing = ("", _("Aucune mesure"))
        self.fields["indicator"].choices = [nothing, *told]  # type: ignore[attr-defined]
        if proposed:
            del self.fields["why"]
        if new:
            del self.fields["state"]


class AsideForm(CleanedForm):
    """Why an action is set aside."""

    reason = text_field(
        gettext_lazy("Pourquoi l’écarter"), 300,
        gettext_lazy("Gardé avec l’action : la prochaine personne saura pourquoi."), rows=3,
    )  # fmt: skip


class MeetingChoiceForm(StyledForm, forms.Form):
    """Which meeting of the comité decides."""

    meeting = forms.ChoiceField(label=gettext_lazy("Réunion qui décide"))

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {one.key: one for one in meetings}
        told = [
            (one.key, f"{date_format(one.day, 'j F Y')} ({one.get_state_display()})")
            for one in meetings
        ]
        self.fields["meeting"].choices = told  # type: ignore[attr-defined]

    def clean_meeting(self) -> Meeting:
        """Return the meeting chosen."""
        return self.meetings[self.cleaned_data["meeting"]]
