"""The form of a difficulty, under a minute; the words read again; the catalogue of procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action.catalogue import themes
from portrea.action.difficulties import words
from portrea.action.pictures import MOST_BYTES, clean
from portrea.base.errors import PortreaError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.difficulties.catalogue import NEAR, SURE, procedure_named
from portrea.web.action.services.difficulties import LONGEST_PLACE, LONGEST_WORDS
from portrea.web.action.services.procedures import FIELDS, LONGEST
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.web.action.models import Procedure

PRIVACY = gettext_lazy(
    "Ni nom, ni numéro, ni adresse, ni maladie. Ce qui désigne quelqu’un est retiré."
)
_BOXES = {"class": "check__box"}


def said(error: PortreaError) -> forms.ValidationError:
    """Return an error of the library as a fault of a form."""
    return forms.ValidationError(" ".join(filter(None, (error.message, error.remedy))))


class ToldForm(StyledForm, forms.Form):
    """One difficulty. The procedure is typed; when two are as likely, ``which`` asks."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    holder = forms.ChoiceField(label=gettext_lazy("Vous notez pour"))
    procedure = forms.CharField(
        label=gettext_lazy("Quelle démarche ?"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "demarches"}),
        help_text=gettext_lazy("Avec vos mots : « DTR RSA », « carte grise »…"),
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Laquelle ?"),
        required=False,
        widget=forms.RadioSelect(attrs=_BOXES),
    )
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Qu’est-ce qui bloque ? (trois au plus)"),
        widget=forms.CheckboxSelectMultiple(attrs=_BOXES),
        error_messages={"required": gettext_lazy("Choisissez au moins une raison.")},
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Avec quelle suite ?"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect(attrs=_BOXES),
    )
    place = forms.CharField(
        label=gettext_lazy("Où l’avez-vous vu ?"),
        max_length=LONGEST_PLACE,
        help_text=gettext_lazy("Le nom du lieu ou du service, tel que tout le monde le dit."),
    )
    day = forms.DateField(
        label=gettext_lazy("Quel jour ?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label=gettext_lazy("En quelques mots (facultatif)"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=PRIVACY,
    )
    picture = forms.FileField(
        label=gettext_lazy("Capture d’écran (facultatif)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("Vous cacherez les noms à l’écran suivant. Jamais publiée."),
    )

    def __init__(
        self,
        *args: Any,
        holders: list[tuple[str, str]],
        among: Sequence[Procedure],
        today: date,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"uuid": uuid4(), "day": today} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.among = {one.key: one for one in among}
        self._offer("holder", holders)
        self._offer("codes", words()["codes"].items())
        self._offer("severity", [*words()["severities"].items(), ("", _("Non renseigné"))])
        self._offer("which", self._likely())
        if len(holders) == 1:
            self.initial.setdefault("holder", holders[0][0])

    @property
    def asks_which(self) -> bool:
        """Whether the page must ask which procedure is meant."""
        return bool(self.errors.get("which")) or bool(self["which"].value())

    def clean_words(self) -> str:
        """Refuse what is secret; what identifies is taken out when it is kept."""
        try:
            kept(self.cleaned_data["words"], LONGEST_WORDS)
        except PortreaError as error:
            raise said(error) from error
        return str(self.cleaned_data["words"])

    def clean_picture(self) -> bytes | None:
        """Return the picture made again, without what its file hides."""
        file = self.cleaned_data["picture"]
        try:
            return clean(file.read(MOST_BYTES + 1)) if file else None
        except PortreaError as error:
            raise said(error) from error

    def clean(self) -> dict[str, Any]:
        """Find the procedure meant."""
        told = super().clean() or self.cleaned_data
        if "procedure" not in told:
            return dict(told)
        chosen = self.among.get(told.get("which", "")) or self._sure(told["procedure"])
        if chosen is None and self.found:
            self.add_error("which", _("Dites laquelle."))
        elif chosen is None:
            why = _("Aucune démarche n’y ressemble : d’autres mots, ou « Autre démarche ».")
            self.add_error("procedure", why)
        return dict(told) | {"procedure": chosen}

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _likely(self) -> list[tuple[str, str]]:
        typed = str(self["procedure"].value() or "") if self.is_bound else ""
        self.found = procedure_named(typed, list(self.among.values()), most=6) if typed else []
        return [(one.procedure.key, str(one.procedure)) for one in self.found]

    def _sure(self, typed: str) -> Procedure | None:
        exact = [one for one in self.among.values() if typed in (one.name, str(one))]
        if len(exact) == 1:
            return exact[0]
        if not self.found or self.found[0].score < SURE:
            return None
        alone = len(self.found) == 1 or self.found[1].score < NEAR * self.found[0].score
        return self.found[0].procedure if alone else None


class ReviewForm(StyledForm, forms.Form):
    """The words of a difficulty, read again."""

    words = forms.CharField(
        label=gettext_lazy("Le texte"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Retirez tout ce qui ferait reconnaître quelqu’un. Une proposition pourra le citer."
        ),
    )


class ProcedureForm(StyledForm, forms.Form):
    """A procedure of the catalogue; who tells it, and when it was read again."""

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    name = forms.CharField(label=gettext_lazy("Démarche"), max_length=LONGEST["name"])
    body = forms.CharField(label=gettext_lazy("Administration"), max_length=LONGEST["body"])
    theme = forms.ChoiceField(label=gettext_lazy("Thème"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Autres mots, séparés par des virgules (facultatif)"),
        required=False,
        validators=[MaxLengthValidator(LONGEST["words"])],
        help_text=gettext_lazy("Ce que les gens disent : on la trouvera aussi par ces mots."),
    )
    link = forms.URLField(
        label=gettext_lazy("Page officielle (facultatif)"),
        required=False,
        max_length=400,
        assume_scheme="https",
    )
    source = forms.CharField(
        label=gettext_lazy("D’où vient ce que vous écrivez ?"), max_length=LONGEST["source"]
    )
    checked = forms.DateField(
        label=gettext_lazy("Relue le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self,
        *args: Any,
        territories: list[tuple[str, str]],
        today: date,
        row: Procedure | None = None,
        **kwargs: Any,
    ) -> None:
        first = {name: getattr(row, name) for name in FIELDS} if row else {"checked": today}
        super().__init__(*args, initial=first | kwargs.pop("initial", {}), **kwargs)
        self.today = today
        if row:
            del self.fields["territory"]
        else:
            self.fields["territory"].choices = territories  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", "–"), *themes().items()]  # type: ignore[attr-defined]

    def clean_checked(self) -> date:
        """Refuse a day to come."""
        checked: date = self.cleaned_data["checked"]
        if checked > self.today:
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        return checked
