"""For each thing kept of a person: how she sees it and has it erased, with or without account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.retention import registry

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """What is kept, how to see and erase it, on which page (a named address), how long."""

    title: Promise
    how: Promise
    page: str
    link: Promise | str
    entry: str

    @property
    def duration(self) -> str:
        """French words of the longest time it is kept."""
        return next(one.duration for one in registry() if one.name == self.entry)


KINDS = (
    Kind(
        _("Un rendez-vous"),
        _("Tapez le code reçu : vous voyez le rendez-vous, vous l’annulez. Aucun nom n’est gardé."),
        "appointment-find", _("Retrouver un rendez-vous"), "action.appointments",
    ),
    Kind(
        _("Une inscription à un atelier"),
        _("Tapez le code reçu : vous voyez l’inscription, vous l’annulez. Aucun nom n’est gardé."),
        "workshop-find", _("Retrouver une inscription"), "action.registrations",
    ),
    Kind(
        _("Votre téléphone, donné pour être rappelé"),
        _("Tapez le code reçu : le prénom et le téléphone sont effacés aussitôt."),
        "call-withdraw", _("Faire effacer mon téléphone"), "rights.calls",
    ),
    Kind(
        _("Une parole donnée au comité"),
        _("Tapez le code reçu : la parole est effacée. Un dossier déjà imprimé ne change pas."),
        "voice-withdraw", _("Retirer une parole"), "steering.voices",
    ),
    Kind(
        _("Une réponse à une enquête"),
        _("Aucune identité n’est demandée : nous ne pouvons pas retrouver votre réponse, "
          "ni personne. Si vous y avez écrit quelque chose qui vous désigne, écrivez-nous."),
        "", "", "surveys.answers",
    ),
    Kind(
        _("Une orientation transmise à un lieu"),
        _("Demandez à l’agent qui vous a aidé : il efface votre prénom et votre contact aussitôt."),
        "", "", "journeys.identities",
    ),
    Kind(
        _("Un rappel par courriel ou par SMS"),
        _("Le message porte un lien pour ne plus en recevoir. Le contact part avec l’envoi."),
        "", "", "action.reminders",
    ),
    Kind(
        _("Le courriel laissé avec une proposition"),
        _("Il est effacé dès la réponse. Pour l’effacer avant, écrivez-nous."),
        "", "", "offer.proposals",
    ),
    Kind(
        _("Un mandat ou un prêt de matériel"),
        _("Votre nom n’est que sur le papier signé, que la structure garde et détruit elle-même."),
        "", "", "action.mandates",
    ),
    Kind(
        _("Votre compte"),
        _("Connectez-vous : vous voyez et téléchargez tout, vous changez votre nom, "
          "vous fermez le compte."),
        "account", _("Mon compte"), "accounts.inactive",
    ),
)  # fmt: skip
