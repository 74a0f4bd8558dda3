"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from portrea.web.accounts import journal_views, people_views, views

urlpatterns = [
    path("connexion/", views.log_in, name="login"),
    path("deconnexion/", views.log_out, name="logout"),
    path("mot-de-passe/oublie/", views.forgotten, name="forgotten"),
    path(
        "mot-de-passe/nouveau/<uidb64>/<token>/",
        views.ChoosePassword.as_view(),
        name="password-new",
    ),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("compte/", views.own, name="account"),
    path("compte/mot-de-passe/", views.own_password, name="account-password"),
    path("compte/mes-donnees.json", views.own_data, name="account-data"),
    path("compte/supprimer/", views.own_close, name="account-close"),
    path("compte/personnes/", people_views.people, name="people"),
    path("compte/personnes/inviter/", people_views.invite, name="invite"),
    path("compte/personnes/<int:key>/retirer/", people_views.role_remove, name="role-remove"),
    path(
        "compte/invitations/<int:key>/annuler/",
        people_views.invitation_cancel,
        name="invitation-cancel",
    ),
    path("journal/", journal_views.journal, name="journal"),
    path("journal.csv", journal_views.journal_csv, name="journal-csv"),
]
