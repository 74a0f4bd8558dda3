"""What a survey says of itself in everyday words: its design, its messages, its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.surveys.designs import Design

if TYPE_CHECKING:
    from portrea.web.surveys.models import Survey


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: how it is said, what may be concluded from it, what may not."""

    design: Design
    label: Any
    may: Any
    may_not: Any


WAYS = (
    Way(
        Design.CENSUS,
        gettext_lazy("Nous demandons à tout le monde concerné"),
        gettext_lazy(
            "Dire combien de toutes les personnes ou structures concernées, si "
            "presque toutes répondent. La marge affichée tient compte de celles qui "
            "manquent."
        ),
        gettext_lazy(
            "Parler de celles qui n’ont pas répondu comme des autres : notez qui "
            "manque, et pourquoi."
        ),
    ),
    Way(
        Design.RANDOM,
        gettext_lazy("Nous tirons au sort"),
        gettext_lazy(
            "Parler de toute la population, avec une marge d’erreur : chacun avait "
            "une chance connue d’être interrogé."
        ),
        gettext_lazy(
            "Oublier ceux qui ont refusé ou n’ont pas été joints : si peu répondent, "
            "la marge ne dit pas tout."
        ),
    ),
    Way(
        Design.QUOTA,
        gettext_lazy("Nous visons des quotas"),
        gettext_lazy(
            "Décrire des réponses qui ressemblent à la population sur l’âge ou le "
            "sexe visés, et comparer des groupes avec prudence."
        ),
        gettext_lazy(
            "Donner une marge d’erreur : personne n’a été tiré au sort. Portrea n’en "
            "affiche jamais."
        ),
    ),
    Way(
        Design.CONVENIENCE,
        gettext_lazy("Répond qui veut"),
        gettext_lazy(
            "Dire ce que vivent celles et ceux qui ont répondu, repérer des "
            "difficultés et des idées."
        ),
        gettext_lazy(
            "Parler de « la population » ni donner de marge d’erreur : les plus à "
            "l’aise ou les plus en colère répondent davantage."
        ),
    ),
)


def way_of(survey: Survey) -> Way:
    """Return how a survey asks, in words."""
    return next(way for way in WAYS if way.design == survey.design)


@dataclass(frozen=True, slots=True)
class Message:
    """A text to copy: what for, its subject (an e-mail), its words."""

    name: str
    label: str
    subject: str
    text: str

    @property
    def whole(self) -> str:
        """The text to copy, its subject first."""
        return f"{self.subject}\n\n{self.text}" if self.subject else self.text


EMAIL = gettext_lazy(
    "Bonjour,\n\nNous menons une enquête pour : %(purpose)s\n\nRépondez en quelques minutes, "
    "sans compte%(until)s :\n%(address)s\n\nVos réponses ne disent pas qui vous êtes. Vous pouvez "
    "passer une question ou vous arrêter.%(ask)s\n\nMerci."
)
SMS = gettext_lazy("%(title)s : quelques questions, sans compte ni nom%(until)s. %(address)s")
REMINDER = gettext_lazy(
    "Bonjour,\n\nNous n’avons pas encore votre réponse. Elle compte autant que les autres%(until)s "
    ":\n%(address)s\n\nSi vous avez déjà répondu, ou si cela ne vous concerne pas, ne tenez pas "
    "compte de ce message.%(ask)s\n\nMerci."
)


def messages_of(survey: Survey, address: str) -> list[Message]:
    """Return the texts that ask people to answer: an e-mail, an SMS, a reminder."""
    contact = survey.contact.strip()
    last = survey.closes.strftime("%d/%m/%Y") if survey.closes else ""
    told = {
        "title": survey.title,
        "purpose": survey.purpose.strip() or _("mieux connaître les besoins du territoire"),
        "until": _(" jusqu’au %s") % last if last else "",
        "ask": _("\n\nUne question : %s.") % contact if contact else "",
        "address": address,
    }
    return [
        Message("courriel", _("Courriel"), survey.title, EMAIL % told),
        Message("sms", _("SMS"), "", SMS % told),
        Message("relance", _("Relance"), _("Rappel : %s") % survey.title, REMINDER % told),
    ]


NO_MARGIN = gettext_lazy(
    "Un quota n’est pas un tirage au sort : aucune marge d’erreur n’est calculée."
)
