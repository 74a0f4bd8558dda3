"""A local aid in plain fields, the same that a YAML file says; and the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.errors import DataError
from portrea.rights.aids_lines import MOST_SIGNS
from portrea.rights.aids_reading import LONGEST_NAME, PACES, read_aid
from portrea.rights.catalogue import rights
from portrea.rights.households import Housing
from portrea.web.accounts.forms import StyledForm
from portrea.web.rights.aids.cards import card_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HOUSING = {
    Housing.PRIVATE: gettext_lazy("loue un logement vide"),
    Housing.FURNISHED: gettext_lazy("loue un logement meublé"),
    Housing.SOCIAL: gettext_lazy("loue un logement social (HLM)"),
    Housing.OWNER: gettext_lazy("est propriétaire"),
    Housing.LODGED: gettext_lazy("est hébergé gratuitement"),
    Housing.HOSTEL: gettext_lazy("vit en foyer ou en résidence"),
    Housing.HOMELESS: gettext_lazy("n’a pas de logement"),
}


def _whole(label: Any, most: int, **told: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, **told)


def _euros(label: Any, **told: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200, **told)


class AidForm(StyledForm, forms.Form):
    """One aid: what, for whom, how much, where it was read, when it was read again.

    An aid already written stays in its territory: ``territories`` is then empty.
    """

    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    label = forms.CharField(label=gettext_lazy("Nom de l’aide"), max_length=120)
    body = forms.CharField(label=gettext_lazy("Organisme qui la donne"), max_length=160)
    summary = forms.CharField(
        label=gettext_lazy("En une phrase (facultatif)"), max_length=400, required=False
    )
    since = forms.DateField(label=gettext_lazy("Donnée depuis le"), widget=DAY)
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au (vide si la fin n’est pas connue)"), widget=DAY, required=False
    )
    age_from = _whole(gettext_lazy("Âge d’un adulte : de"), 120)
    age_to = _whole(gettext_lazy("Âge d’un adulte : à"), 120)
    size_from = _whole(gettext_lazy("Personnes dans le foyer : de"), 17)
    size_to = _whole(gettext_lazy("Personnes dans le foyer : à"), 17)
    children = _whole(gettext_lazy("Enfants : combien au moins"), 15)
    children_from = _whole(gettext_lazy("Âge de ces enfants : de"), 24)
    children_to = _whole(gettext_lazy("Âge de ces enfants : à"), 24)
    housing = forms.MultipleChoiceField(
        label=gettext_lazy("Logement (aucune case : tous)"), required=False,
        widget=forms.CheckboxSelectMultiple, choices=[(str(k), v) for k, v in HOUSING.items()],
    )  # fmt: skip
    ceilings = _euros(
        gettext_lazy("Revenu net du foyer par mois, au plus"),
        help_text=gettext_lazy(
            "Pour 1, 2, 3… personnes, séparés par des points-virgules : 1000 ; 1500 ; 1800. "
            "Sans les aides de la CAF."
        ),
    )
    ceiling_more = _euros(gettext_lazy("Plafond : par personne en plus"))
    asked = forms.MultipleChoiceField(
        label=gettext_lazy("Réservée à qui a un de ces droits (aucune case : pas demandé)"),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    amounts = _euros(
        gettext_lazy("Montant en euros (vide s’il n’est pas connu)"),
        help_text=gettext_lazy("Un seul, « 50 » ; de… à…, « 20 à 80 » ; par taille, « 50 ; 70 »."),
    )
    amount_more = _euros(gettext_lazy("Montant par taille : par personne en plus"))
    per = forms.ChoiceField(
        label=gettext_lazy("Donné"), choices=list(PACES.items()), initial="an", required=False
    )
    papers = forms.CharField(
        label=gettext_lazy("Papiers à apporter, un par ligne"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    contact = forms.CharField(
        label=gettext_lazy("Où la demander (un service, jamais une personne)"), max_length=200,
        required=False,
    )  # fmt: skip
    url = forms.URLField(
        label=gettext_lazy("Page officielle"), max_length=400, required=False, assume_scheme="https"
    )
    source = forms.CharField(
        label=gettext_lazy("Où l’avez-vous lu ?"), max_length=200,
        help_text=gettext_lazy("Délibération, règlement… Sans source, l’aide est refusée."),
    )  # fmt: skip
    source_date = forms.DateField(label=gettext_lazy("Date de ce texte"), widget=DAY)
    source_url = forms.URLField(
        label=gettext_lazy("Page de ce texte"), max_length=400, required=False,
        assume_scheme="https",
    )  # fmt: skip
    checked = forms.DateField(label=gettext_lazy("Relue le"), widget=DAY)
    checked_by = forms.CharField(
        label=gettext_lazy("Relue par (un service, jamais une personne)"), max_length=120
    )

    def __init__(self, *args: Any, territories: Sequence[tuple[str, str]], **told: Any) -> None:
        super().__init__(*args, **told)
        if territories:
            self.fields["territory"].choices = territories  # type: ignore[attr-defined]
        else:
            del self.fields["territory"]
        names = [(right.name, right.label) for right in rights().values()]
        self.fields["asked"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask the reader of aids what it thinks of this one."""
        told = super().clean() or {}
        if self.errors:
            return told
        try:
            told["card"] = card_of(told)
            read_aid(self.name, told["card"], today=timezone.localdate())
        except DataError as error:
            self.add_error(None, error.message)
        except ValueError as error:
            self.add_error(None, _("Montants et plafonds s’écrivent en chiffres : %s.") % error)
        return told

    @property
    def name(self) -> str:
        """Return the technical name of the aid."""
        return slugify(self.cleaned_data["label"])[:LONGEST_NAME].strip("-") or "aide"


class FileForm(StyledForm, forms.Form):
    """The text of a file of aids, pasted or sent."""

    file = forms.FileField(label=gettext_lazy("Fichier YAML"), required=False)
    content = forms.CharField(
        label=gettext_lazy("Ou son texte"), required=False, max_length=MOST_SIGNS, strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Take the file when there is one, else the text."""
        told = super().clean() or {}
        file = told.get("file")
        if file is not None:
            if file.size > MOST_SIGNS * 4:
                raise forms.ValidationError(_("Ce fichier est trop gros : coupez-le."))
            try:
                told["content"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError(
                    _("Ce fichier n’est pas du texte en UTF-8 : enregistrez-le ainsi.")
                ) from error
        if not told.get("content", "").strip():
            raise forms.ValidationError(_("Choisissez un fichier, ou collez son texte."))
        return told
