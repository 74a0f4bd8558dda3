"""Tasks in French words, for the board."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NAMES = {
    "portrea.web.accounts.tasks.send_invitation": _("Envoyer une invitation"),
    "portrea.web.accounts.tasks.send_reset": _("Envoyer un lien de mot de passe"),
    "portrea.web.accounts.tasks.send_login_link": _("Envoyer un lien de connexion"),
    "portrea.web.accounts.tasks.tell_factor": _("Dire qu’un second facteur a changé"),
    "portrea.web.accounts.tasks.warn_inactive": _("Prévenir un compte inactif"),
    "portrea.web.accounts.tasks.end_loans": _("Finir les prêts de rôles"),
    "portrea.web.accounts.tasks.apply_retention": _("Appliquer les durées de conservation"),
    "portrea.web.action.services.plea_mail.send_plea": _("Envoyer une proposition"),
    "portrea.web.action.services.plea_mail.send_again": _("Relancer une proposition"),
    "portrea.web.action.services.plea_mail.tell_team": _("Dire les réponses attendues"),
    "portrea.web.action.services.plea_mail.tell_author": _("Dire une réponse attendue"),
    "portrea.web.action.services.reminders.send_reminder": _("Envoyer un rappel de rendez-vous"),
    "portrea.web.operation.queue.national.make_part": _("Calculer un département"),
    "portrea.web.operation.queue.national.publish": _("Publier le calcul national"),
    "portrea.web.operation.alerts.tasks.send_alerts": _("Envoyer les alertes"),
    "portrea.web.operation.alerts.tasks.send_letter": _("Envoyer une lettre d’alertes"),
    "portrea.web.journeys.services.mailing.follow_handovers": _("Suivre les orientations"),
    "portrea.web.journeys.services.mailing.send_digest": _("Envoyer le résumé des orientations"),
    "portrea.web.journeys.services.mailing.send_handover": _("Envoyer une orientation"),
    "portrea.web.offer.services.mailing.follow_campaigns": _("Suivre les campagnes"),
    "portrea.web.offer.services.mailing.send_ask": _("Demander une confirmation"),
    "portrea.web.offer.services.mailing.send_decision": _("Dire la suite d’une proposition"),
    "portrea.web.offer.services.geocoding.search_addresses": _("Situer des adresses"),
    "portrea.web.reach.tasks.keep_draws": _("Garder les tirages du besoin"),
    "portrea.web.rights.tasks.prepare_first_ideas": _("Préparer les premières idées"),
    "portrea.web.steering.catalogue.tasks.freeze_changed": _("Figer les données ouvertes changées"),
    "portrea.web.steering.catalogue.tasks.do_work": _("Figer ou publier les données ouvertes"),
}
"""Tasks in French words; one that is not here is shown under its name in the code."""
