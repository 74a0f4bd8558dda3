"""The forms of a proposal: its draft, how it is sent, what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.errors import PortreaError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.difficulties.forms import said
from portrea.web.action.services.pleas import LONGEST, TEXTS
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.web.action.models import Difficulty, Proposal

ANSWERS = {
    "accuser": gettext_lazy("Nous l’avons bien reçue et nous l’étudions"),
    "changer": gettext_lazy("La démarche a changé"),
    "refuser": gettext_lazy("Nous ne pouvons pas la changer"),
}
_BOXES = {"class": "check__box"}


def _text(label: Any, rows: int, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=LONGEST, widget=widget, help_text=help_text, required=required
    )


class _Cleaned(StyledForm, forms.Form):
    """Texts are refused when they hold a secret; who is named is taken out when they are kept."""

    texts: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Say which text holds what may not be kept."""
        told = super().clean() or self.cleaned_data
        for name in self.texts:
            try:
                kept(told.get(name) or "", LONGEST)
            except PortreaError as error:
                self.add_error(name, said(error))
        return dict(told)


class DraftForm(_Cleaned):
    """What is asked, of whom; the facts are not typed."""

    texts = ("title", "who", "suggestion", "addressee")
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=TEXTS["title"])
    who = _text(gettext_lazy("Qui est touché"), 2)
    suggestion = _text(
        gettext_lazy("Ce que nous proposons"), 5,
        gettext_lazy("Un changement précis, que l’on pourra constater."),
    )  # fmt: skip
    quotes = forms.MultipleChoiceField(
        label=gettext_lazy("Preuves : textes relus à citer"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_BOXES),
    )
    addressee = forms.CharField(
        label=gettext_lazy("Service de l’administration"), max_length=TEXTS["addressee"]
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel de ce service"),
        required=False,
        help_text=gettext_lazy("L’adresse du service, pas celle d’une personne."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, plea: Proposal, quotable: Sequence[Difficulty], **kwargs: Any
    ) -> None:
        names = ("title", "who", "suggestion", "addressee", "email")
        first = {name: getattr(plea, name) for name in names}
        said_already = plea.evidence
        first["quotes"] = [str(one.pk) for one in quotable
                           if " ".join(one.words.split()) in said_already]  # fmt: skip
        super().__init__(*args, initial=first, **kwargs)
        self.rows = {str(one.pk): one for one in quotable}
        self.fields["quotes"].choices = [  # type: ignore[attr-defined]
            (key, one.words) for key, one in self.rows.items()
        ]

    def quoted(self) -> list[Difficulty]:
        """Return the difficulties whose text is quoted."""
        return [self.rows[key] for key in self.cleaned_data["quotes"]]


class SendForm(StyledForm, forms.Form):
    """Whether everyone may follow it."""

    public = forms.BooleanField(
        label=gettext_lazy("Montrer à tous une page de suivi"), required=False, initial=True
    )


class AnswerForm(_Cleaned):
    """What an administration answers, or what the team notes of its answer."""

    texts = ("words",)
    event = forms.ChoiceField(
        label=gettext_lazy("L’administration répond :"), widget=forms.RadioSelect(attrs=_BOXES)
    )
    changed_on = forms.DateField(
        label=gettext_lazy("Si elle a changé : depuis quel jour ?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = _text(
        gettext_lazy("En quelques mots (facultatif)"), 5,
        gettext_lazy("Ce texte peut être lu par tous. N’écrivez aucun nom."), required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, events: Sequence[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offered = [(event, label) for event, label in ANSWERS.items() if event in events]
        self.fields["event"].choices = offered  # type: ignore[attr-defined]

    def clean_changed_on(self) -> date | None:
        """Refuse a day to come."""
        day: date | None = self.cleaned_data["changed_on"]
        if day is not None and day > self.today:
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for the day when the procedure changed."""
        told = super().clean()
        if told.get("event") == "changer" and not told.get("changed_on"):
            if "changed_on" not in self.errors:
                self.add_error("changed_on", _("Dites depuis quel jour."))
        elif told.get("event") != "changer":
            told["changed_on"] = None
        return told
