"""Addresses of those who run a survey."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.rounds import invited_views, quota_views, spread_views, views

HERE = "espace/enquetes/<slug:key>/"

urlpatterns = [
    path("espace/enquetes/", views.surveys, name="surveys"),
    path("espace/enquetes/ouvrir/", views.survey_new, name="survey-new"),
    path("espace/enquetes/taille/", views.survey_size, name="survey-size"),
    path(HERE, views.survey, name="survey"),
    path(f"{HERE}reglages/", views.survey_settings, name="survey-settings"),
    path(f"{HERE}clore/", views.survey_end, name="survey-close"),
    path(f"{HERE}rouvrir/", views.survey_again, name="survey-reopen"),
    path(f"{HERE}version/", views.survey_version, name="survey-version"),
    path(f"{HERE}diffuser/", spread_views.survey_spread, name="survey-spread"),
    path(f"{HERE}affiche/", spread_views.survey_poster, name="survey-poster"),
    path(f"{HERE}registre/", spread_views.survey_register, name="survey-register"),
    path(f"{HERE}quotas/", quota_views.survey_quotas, name="survey-quotas"),
    path(f"{HERE}quotas/feuille/", quota_views.survey_quota_sheet, name="survey-quota-sheet"),
    path(f"{HERE}invitations/", invited_views.invitations, name="invitations"),
    path(f"{HERE}invitations/ajouter/", invited_views.invitations_new, name="invitations-new"),
    path(
        f"{HERE}invitations/lieux/",
        invited_views.invitations_places,
        name="invitations-places",
    ),
    path(
        f"{HERE}invitations/relances/",
        invited_views.invitations_reminders,
        name="invitations-reminders",
    ),
    path(
        f"{HERE}invitations/<int:pk>/lien/",
        invited_views.invitation_again,
        name="invitation-renew",
    ),
    path(
        f"{HERE}invitations/<int:pk>/retirer/",
        invited_views.invitation_drop,
        name="invitation-drop",
    ),
]
