"""Addresses of those who run a survey."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys import (
    round_invited_views,
    round_quota_views,
    round_spread_views,
    round_views,
)

HERE = "espace/enquetes/<slug:key>/"

urlpatterns = [
    path("espace/enquetes/", round_views.surveys, name="surveys"),
    path("espace/enquetes/ouvrir/", round_views.survey_new, name="survey-new"),
    path("espace/enquetes/taille/", round_views.survey_size, name="survey-size"),
    path(HERE, round_views.survey, name="survey"),
    path(f"{HERE}reglages/", round_views.survey_settings, name="survey-settings"),
    path(f"{HERE}clore/", round_views.survey_end, name="survey-close"),
    path(f"{HERE}rouvrir/", round_views.survey_again, name="survey-reopen"),
    path(f"{HERE}version/", round_views.survey_version, name="survey-version"),
    path(f"{HERE}diffuser/", round_spread_views.survey_spread, name="survey-spread"),
    path(f"{HERE}affiche/", round_spread_views.survey_poster, name="survey-poster"),
    path(f"{HERE}registre/", round_spread_views.survey_register, name="survey-register"),
    path(f"{HERE}quotas/", round_quota_views.survey_quotas, name="survey-quotas"),
    path(f"{HERE}quotas/feuille/", round_quota_views.survey_quota_sheet, name="survey-quota-sheet"),
    path(f"{HERE}invitations/", round_invited_views.invitations, name="invitations"),
    path(
        f"{HERE}invitations/ajouter/", round_invited_views.invitations_new, name="invitations-new"
    ),
    path(
        f"{HERE}invitations/lieux/",
        round_invited_views.invitations_places,
        name="invitations-places",
    ),
    path(
        f"{HERE}invitations/relances/",
        round_invited_views.invitations_reminders,
        name="invitations-reminders",
    ),
    path(
        f"{HERE}invitations/<int:pk>/lien/",
        round_invited_views.invitation_again,
        name="invitation-renew",
    ),
    path(
        f"{HERE}invitations/<int:pk>/retirer/",
        round_invited_views.invitation_drop,
        name="invitation-drop",
    ),
]
