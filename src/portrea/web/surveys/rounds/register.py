"""The sheet of a survey for the register of processing activities (RGPD, article 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.stats.disclosure import rule
from portrea.surveys.anonymity import PROFILE
from portrea.surveys.form import Kind, said
from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.retention import registry
from portrea.web.accounts.scope import name_of
from portrea.web.surveys.rounds.words import way_of
from portrea.web.surveys.versions import form_asked

if TYPE_CHECKING:
    from portrea.web.accounts.retention import Entry
    from portrea.web.surveys.models import Survey

PLACES = {Kind.POINT, Kind.LINE, Kind.SHAPE}
TO_WRITE = "…………………………"


def register_of(survey: Survey) -> list[tuple[str, list[str]]]:
    """Return the headings of the sheet and what is written under each.

    What the site cannot know (who is responsible, the delegate) is left to be written by hand.
    """
    return [*_why(survey), *_what(survey), *_care()]


def _why(survey: Survey) -> list[tuple[str, list[str]]]:
    responsible = _("Responsable et délégué·e à la protection des données (à compléter)")
    free = _("Répondre est facultatif : personne ne perd un droit en ne répondant pas.")
    return [
        (_("Traitement"), [survey.title, _("Créé le %s") % survey.created.strftime("%d/%m/%Y")]),
        (responsible, [TO_WRITE, TO_WRITE]),
        (_("Service à contacter"), [survey.contact or TO_WRITE]),
        (_("But"), [survey.purpose or TO_WRITE]),
        (_("Base légale"), [_entry().basis, free]),
    ]


def _what(survey: Survey) -> list[tuple[str, list[str]]]:
    who = f"{way_of(survey).label} – {name_of(survey.territory)}"
    nowhere = _("Aucun fait par le logiciel. À confirmer selon l’hébergement.")
    return [
        (_("Personnes concernées"), [who]),
        (_("Données"), _data(survey)),
        (_("Qui les lit"), _readers()),
        (_("Transferts hors de l’Union européenne"), [nowhere]),
        (_("Durée"), _durations(survey)),
    ]


def _care() -> list[tuple[str, list[str]]]:
    hidden = _(
        "Le texte libre est relu avant toute publication ; les effectifs de moins de %d "
        "ne sont pas publiés."
    )
    roles = _(
        "Rôles par territoire, journal des actes, aucun nom ni courriel demandé, aucun "
        "cookie pour répondre."
    )
    asked = _(
        "Une personne qui a gardé le numéro de sa réponse peut la faire effacer : page « "
        "Réponses », « Effacer à la demande »."
    )
    unknown = _("Sans ce numéro, la réponse ne peut pas être reliée à elle (RGPD, art. 11).")
    return [
        (_("Sécurité"), [roles, hidden % rule("threshold")]),
        (_("Droits"), [asked, unknown]),
    ]


def _entry() -> Entry:
    return next(one for one in registry() if one.name == "surveys.answers")


def _data(survey: Survey) -> list[str]:
    form = form_asked(survey)
    language = form.languages[0]
    asked = [one for one in form.questions() if one.kind.asks and one.kind is not Kind.NOTE]
    told = [
        _("%(n)s questions du questionnaire « %(title)s », version %(version)s.")
        % {"n": len(asked), "title": form.title, "version": form.version}
    ]
    parts = (
        (_("Profil"), [one for one in asked if one.name in PROFILE]),
        (_("Texte libre"), [one for one in asked if one.kind is Kind.TEXT]),
        (_("Lieux"), [one for one in asked if one.kind in PLACES]),
        (_("Fichiers joints"), [one for one in asked if one.kind.is_a_file]),
    )
    for label, questions in parts:
        words = "; ".join(said(one.label, language) or one.name for one in questions)
        told.append(f"{label} : {words or _('aucun')}.")
    told.append(
        _("Jour et heure de réponse, moyen (en ligne, papier, téléphone), numéro tiré au sort.")
    )
    if survey.invitations.exists():
        told.append(
            _(
                "Liste des invitations : un mot pour reconnaître qui est invité, son "
                "groupe, la suite donnée ; sans lien avec sa réponse."
            )
        )
    return told


def _readers() -> list[str]:
    found = []
    for name in ("survey.read", "survey.results"):
        act = matrix().acts[name]
        roles = ", ".join(
            matrix().roles[role].label for role in act.scopes if role in matrix().roles
        )
        found.append(f"{act.label} : {roles}.")
    return found


def _durations(survey: Survey) -> list[str]:
    return [
        _(
            "%(days)s jours après la fin de l’enquête : textes libres, lieux, "
            "fichiers effacés ; dates ramenées au mois ; profils rares retirés ; les "
            "choix restent."
        )
        % {"days": survey.keep_days},
        _("Les invitations perdent alors leur nom."),
    ]
