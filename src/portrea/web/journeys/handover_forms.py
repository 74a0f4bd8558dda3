"""Forms of a handover: what is asked of the agent, what the partner may answer."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.errors import TerritoryError
from portrea.offer.importing import contacts
from portrea.offer.orientation.asked import FLAGS, NONE, Way
from portrea.offer.orientation.handover import KINDS, parameters, read_words
from portrea.offer.orientation.procedures import procedures
from portrea.offer.record import Block
from portrea.web.accounts.forms import StyledForm
from portrea.web.journeys.selectors import communes_for
from portrea.web.journeys.services.handovers import Person, Told
from portrea.web.journeys.wording import LANGUAGES
from portrea.web.offer.form_fields import line, read_with, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.offer.orientation.asked import Asked
    from portrea.web.journeys.services.senders import Sender

CONSTRAINTS = {
    "pied": gettext_lazy("N’a pas de voiture"),
    "fauteuil": gettext_lazy("Se déplace en fauteuil roulant"),
    "soir": gettext_lazy("Ne peut venir que le soir, après 18 h"),
    "samedi": gettext_lazy("Ne peut venir que le samedi"),
    "domicile": gettext_lazy("Ne peut pas se déplacer : à domicile"),
    "femmes": gettext_lazy("Demande un lieu réservé aux femmes"),
}
CONSENT = gettext_lazy(
    "La personne est d’accord pour que ce lieu, et lui seul, reçoive son prénom et un moyen de la"
    " joindre. Elle sait qu’ils sont effacés à la fin, et qu’elle peut changer d’avis."
)
SPEAKS = "langue:"
LONGEST = 300
_CODE = re.compile(r"\((\d[\dAB]\d{3})\)\s*$")


def constraint_label(code: str) -> str:
    """Return the French words of a constraint as kept."""
    if code.startswith(SPEAKS):
        language = code.removeprefix(SPEAKS)
        return _("Parle mieux : %s") % LANGUAGES.get(language, language)
    return str(CONSTRAINTS.get(code, code))


class HandoverForm(StyledForm, forms.Form):
    """The orientation that an agent hands over."""

    sender = forms.ChoiceField(label=gettext_lazy("De la part de"))
    need = forms.ChoiceField(
        label=gettext_lazy("Besoin"),
        choices=[("", gettext_lazy("Choisissez…")), *((str(b), b.label) for b in Block)],
    )
    procedure = forms.ChoiceField(
        label=gettext_lazy("Démarche"),
        required=False,
        choices=[
            ("", gettext_lazy("Aucune en particulier")),
            *((code, one.label) for code, one in procedures().items()),
        ],
    )
    commune = line(
        gettext_lazy("Commune de la personne (facultatif)"),
        80,
        help_text=gettext_lazy("Pas son adresse."),
    )
    constraints = ticks(gettext_lazy("Ce qui compte"), list(CONSTRAINTS.items()), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Parle mieux"),
        required=False,
        choices=[("", gettext_lazy("français")), *LANGUAGES.items()],
    )
    words = forms.CharField(
        label=gettext_lazy("En quelques mots (facultatif)"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Ce que le lieu doit savoir pour répondre. Jamais de nom, de numéro ni d’adresse."
        ),
    )
    agreed = forms.BooleanField(label=CONSENT, required=False)
    first_name = line(gettext_lazy("Son prénom"), 40)
    contact = line(
        gettext_lazy("Son téléphone ou son courriel"),
        120,
        help_text=gettext_lazy("Un seul, celui qu’elle a choisi."),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Attendre une réponse"), coerce=int)
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput)
    read_over = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, senders: Sequence[Sender], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = {sender.key: sender for sender in senders}
        self.taken: tuple[str, ...] = ()
        told = parameters()["validite"]
        choices = [(key, sender.name) for key, sender in self.senders.items()]
        self.fields["sender"].choices = choices  # type: ignore[attr-defined]
        self.fields["days"].choices = [(n, _("%d jours") % n) for n in told["choix"]]  # type: ignore[attr-defined]

    def clean_commune(self) -> str:
        """Return the code of the commune written."""
        text = self.cleaned_data["commune"]
        if not text:
            return ""
        known = _CODE.search(text)
        try:
            found = communes_for(known[1] if known else text)
        except TerritoryError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error
        if len(found) > 1:
            names = ", ".join(f"{one.name} ({one.code})" for one in found[:6])
            raise forms.ValidationError(_("Laquelle ? Recopiez l’une de celles-ci : %s.") % names)
        return found[0].code

    def clean_contact(self) -> str:
        """Return a telephone number or an e-mail address."""
        text = self.cleaned_data["contact"]
        if "@" in text:
            validate_email(text)
            return text
        return str(read_with(contacts.phone, text) or "")

    def clean(self) -> dict[str, Any]:
        """Ask for the consent with what it covers, and for words that seem to name to be read."""
        told = super().clean() or self.cleaned_data
        given = [name for name in ("first_name", "contact") if told.get(name)]
        if told.get("agreed") and not told.get("contact") and "contact" not in self.errors:
            self.add_error("contact", _("Écrivez comment la joindre, ou décochez son accord."))
        if told.get("agreed") and not told.get("first_name"):
            self.add_error("first_name", _("Écrivez son prénom, ou décochez son accord."))
        if given and not told.get("agreed"):
            self.add_error("agreed", _("Cochez l’accord de la personne, ou effacez ce qui suit."))
        words = read_words(told.get("words", ""))
        self.taken = words.taken
        if words.doubts and told.get("read_over") != told["words"]:
            self.data = self.data.copy()
            self.data["read_over"] = told["words"]
            self.add_error("words", _named(words.doubts))
        return told

    def told(self, unmet: str) -> Told:
        """Return what is handed over."""
        told = self.cleaned_data
        language = [f"{SPEAKS}{told['language']}"] if told["language"] else []
        person = Person(told["first_name"], told["contact"], str(CONSENT))
        return Told(
            need=told["need"],
            days=told["days"],
            nonce=told["nonce"],
            procedure=told["procedure"],
            constraints=[*told["constraints"], *language],
            commune=told["commune"],
            words=told["words"],
            person=person if told["agreed"] else None,
            unmet=unmet,
        )


def _named(doubts: Sequence[str]) -> str:
    words = ", ".join(f"« {word} »" for word in doubts)
    return _("%s : est-ce le nom d’une personne ? Retirez-le. Sinon, envoyez de nouveau.") % words


def taken_told(kinds: Sequence[str]) -> str:
    """Say what was taken out of a text."""
    return ", ".join(dict.fromkeys(KINDS[kind] for kind in kinds))


def first_values(asked: Asked, place: str, senders: Sequence[Sender]) -> dict[str, Any]:
    """Return what the form already knows: the situation asked, never a position."""
    ticked = [name for name in CONSTRAINTS if name in FLAGS and getattr(asked, FLAGS[name])]
    if asked.way is Way.FOOT:
        ticked.append("pied")
    return {
        "sender": senders[0].key if senders else "",
        "need": asked.need or "",
        "procedure": asked.procedure if asked.procedure not in (None, NONE) else "",
        "commune": place,
        "constraints": ticked,
        "language": asked.language or "",
        "days": parameters()["validite"]["defaut"],
        "nonce": secrets.token_urlsafe(24),
    }
