"""The short sheet in steps, the report of an error, a link: few fields, plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.offer.importing import contacts, values
from portrea.offer.record import Block
from portrea.vocab.standards.mednum import kind_label
from portrea.web.accounts.forms import StyledForm
from portrea.web.offer.form_fields import Step, line, radios, read_with, ticks
from portrea.web.offer.hours_form import words_of
from portrea.web.offer.wording import say

if TYPE_CHECKING:
    from collections.abc import Mapping


KINDS = ("", "CCAS", "MUNI", "BIB", "CS", "CSC", "ASSO", "RFS", "EPN", "TIERS_LIEUX", "ML", "CAF",
         "CPAM", "FT", "CDAS", "PIMMS", "ENM", "EPCI", "Autre")  # fmt: skip
COSTS = (
    ("Gratuit", _("Gratuit")),
    ("Gratuit sous condition", _("Gratuit sous condition")),
    ("Payant", _("Payant")),
)
ACCESS = (
    ("Se présenter", _("On vient sans rendez-vous")),
    ("Téléphoner", _("On téléphone")),
    ("Contacter par mail", _("On écrit un courriel")),
    ("Prendre un RDV en ligne", _("On prend rendez-vous sur internet")),
)
SATURATIONS = (
    ("", _("Je ne sais pas")),
    ("faible", _("Il y a de la place")),
    ("moderee", _("Quelques jours d’attente")),
    ("forte", _("C’est complet, ou presque")),
)
BLOCKS = tuple((str(block), block.label) for block in Block)


class WhereStep(Step):
    """Who and where."""

    title = _("Quel lieu ?")
    name = line(_("Nom du lieu"), 150, required=True, help_text=_("Jamais le nom d’une personne."))
    kind = forms.ChoiceField(
        label=_("C’est plutôt…"),
        required=False,
        choices=[(code, kind_label(code) if code else _("Je ne sais pas")) for code in KINDS],
    )
    address = line(_("Numéro et rue"), help_text=_("Laissez vide si le lieu se déplace."))
    postcode = line(_("Code postal"), 5, attrs={"inputmode": "numeric"})
    commune = forms.ChoiceField(label=_("Ville ou village"))

    def __init__(self, *args: Any, communes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communes = dict(communes)
        first = [("", _("Choisissez…"))] if len(communes) != 1 else []
        self.fields["commune"].choices = [*first, *communes]  # type: ignore[attr-defined]

    def clean_postcode(self) -> Any:
        """Refuse what is not five digits."""
        return read_with(values.postcode, self.cleaned_data["postcode"])

    def answers(self) -> dict[str, Any]:
        """Add the name of the town, as it was written when the town is the same."""
        told = super().answers()
        same = told["commune"] == self.initial.get("commune")
        city = self.initial.get("city") if same else None
        return told | {"city": city or self.communes[told["commune"]]}


class HelpStep(Step):
    """Which help."""

    title = _("Quelle aide ?")
    blocks = ticks(_("Ce que l’on y trouve"), BLOCKS)
    cost = ticks(_("Prix"), COSTS, required=False)
    access_modes = ticks(_("Comment y accéder"), ACCESS, required=False)
    description = forms.CharField(
        label=_("En quelques mots (facultatif)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def answers(self) -> dict[str, Any]:
        """Normalise the ends of lines."""
        told = super().answers()
        return told | {"description": told["description"].replace("\r\n", "\n")}


class ContactStep(Step):
    """How to reach the place."""

    title = _("Comment joindre le lieu ?")
    phone = line(_("Téléphone de l’accueil"), 40, attrs={"inputmode": "tel"})
    emails = line(
        _("Courriel de l’accueil"),
        help_text=_("Une adresse de la structure, jamais celle d’une personne."),
        attrs={"inputmode": "email"},
    )
    websites = line(_("Site"), 300, attrs={"inputmode": "url"})

    def clean_phone(self) -> Any:
        """Read a French number however it is written."""
        return read_with(contacts.phone, self.cleaned_data["phone"])

    def clean_emails(self) -> Any:
        """Read one or several addresses."""
        return read_with(contacts.emails, self.cleaned_data["emails"])

    def clean_websites(self) -> Any:
        """Read web addresses only: nothing else may become a link."""
        return read_with(contacts.websites, self.cleaned_data["websites"])


class CapacityStep(Step):
    """How many people can be received."""

    title = _("Combien de personnes\u202f? (facultatif)")
    hours_week = forms.FloatField(
        label=_("Heures d’aide par semaine"),
        help_text=_("Toutes les personnes qui aident, ensemble."),
        required=False,
        min_value=0,
        max_value=2000,
    )
    persons_week = forms.FloatField(
        label=_("Personnes reçues par semaine"), required=False, min_value=0, max_value=5000
    )
    share = forms.IntegerField(
        label=_("Part du temps pour les démarches en ligne (%)"),
        required=False,
        min_value=0,
        max_value=100,
    )
    saturation = forms.ChoiceField(label=_("En ce moment"), choices=SATURATIONS, required=False)

    def answers(self) -> dict[str, Any]:
        """Write the share in [0, 1]."""
        told = super().answers()
        share = told.pop("share")
        told["share_procedures"] = None if share is None else share / 100
        told["saturation"] = told["saturation"] or None
        return told


class ReviewStep(Step):
    """The last look; an address if one wants to be told."""

    title = _("Est-ce bien cela ?")
    email = forms.EmailField(
        label=_("Pour connaître la suite (facultatif)"),
        required=False,
        max_length=254,
        help_text=_("Votre courriel. Il n’est montré à personne et s’efface dès la réponse."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ReportForm(StyledForm, forms.Form):
    """What is wrong with a place, by anyone."""

    about = radios(
        _("Que voulez-vous signaler ?"),
        (
            ("fix", _("Une information est fausse")),
            ("closed", _("Ce lieu est fermé pour de bon")),
            ("duplicate", _("Ce lieu est là deux fois")),
        ),
        initial="fix",
    )
    phone = line(_("Téléphone"), 40, attrs={"inputmode": "tel"})
    hours = forms.CharField(
        label=_("Horaires, en toutes lettres"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address = line(_("Numéro et rue"))
    websites = line(_("Site"), 300, attrs={"inputmode": "url"})
    words = forms.CharField(
        label=_("Autre chose, en quelques mots"),
        required=False,
        max_length=1000,
        help_text=_("N’écrivez le nom de personne."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=_("Pour connaître la suite (facultatif)"),
        required=False,
        max_length=254,
        help_text=_("Votre courriel. Il n’est montré à personne et s’efface dès la réponse."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    clean_phone = ContactStep.clean_phone
    clean_websites = ContactStep.clean_websites

    @property
    def sheet_fields(self) -> list[Any]:
        """Fields of the sheet, already filled."""
        return [self[name] for name in ("phone", "hours", "address", "websites")]

    @property
    def last_fields(self) -> list[Any]:
        """What comes after."""
        return [self["words"], self["email"]]


class OfTerritory(StyledForm, forms.Form):
    """Something of one of the territories that are looked after."""

    territory = forms.ChoiceField(label=_("Territoire"))

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


class LinkForm(OfTerritory):
    """A link to be made."""

    field_order = ("label", "territory")

    label = line(
        _("Nom du lien"),
        120,
        required=True,
        help_text=_(
            "Pour vous y retrouver : «\u00a0Réunion du 3 décembre\u00a0». Jamais une personne."
        ),
    )
    days = forms.TypedChoiceField(
        label=_("Valable"),
        coerce=int,
        choices=((1, _("1 jour")), (7, _("7 jours")), (30, _("30 jours")), (90, _("3 mois")),
                 (365, _("1 an"))),
        initial=30,
    )  # fmt: skip


class CampaignForm(OfTerritory):
    """A campaign to be opened."""

    field_order = ("title", "territory")
    title = line(_("Nom de la campagne"), 200, required=True)


def shown_fields(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what the report of an error shows of a sheet."""
    return {
        "phone": "".join(say("phone", record.get("phone"))),
        "hours": words_of(record.get("hours"), record.get("hours_text")),
        "address": record.get("address") or "",
        "websites": "\n".join(record.get("websites") or ()),
    }


def report_form(record: Mapping[str, Any]) -> ReportForm:
    """Return the report of an error, filled with what a sheet tells."""
    return ReportForm(initial=shown_fields(record))


class UploadForm(OfTerritory):
    """A list to be received."""

    field_order = ("title", "territory")

    title = line(
        _("Nom de la liste"),
        120,
        required=True,
        help_text=_(
            "Le même à chaque nouvelle version de cette liste : «\u00a0CCAS du département\u00a0»."
        ),
    )
    file = forms.FileField(
        label=_("Fichier"), help_text=_("CSV, Excel, LibreOffice, JSON ou GeoJSON, 20 Mo au plus.")
    )
    whole = forms.BooleanField(
        label=_("C’est la liste entière"),
        help_text=_("Ce qui n’y est plus sera noté « disparu de la liste »."),
        required=False,
    )
