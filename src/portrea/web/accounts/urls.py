"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from portrea.web.accounts import (
    departure_views,
    journal_views,
    oidc_views,
    people_views,
    roles_views,
    sign_in_views,
    views,
)

urlpatterns = [
    path("connexion/", views.log_in, name="login"),
    path("connexion/par-courriel/", sign_in_views.link_ask, name="login-link"),
    path("connexion/lien/<str:token>/", sign_in_views.link_use, name="login-link-use"),
    path("connexion/code/", sign_in_views.code, name="login-code"),
    path("connexion/second-facteur/", sign_in_views.factor_at_the_door, name="login-factor"),
    path("connexion/fournisseur/", oidc_views.leave, name="login-provider"),
    path("connexion/fournisseur/retour/", oidc_views.back, name="login-provider-back"),
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
    path("compte/second-facteur/", sign_in_views.own_factor, name="account-factor"),
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
    path("compte/personnes/<int:key>/depart/", departure_views.person_leaves, name="person-leaves"),
    path("compte/preter/", departure_views.role_lend, name="role-lend"),
    path("compte/prets/<int:key>/fin/", departure_views.loan_end, name="loan-end"),
    path("qui-peut-quoi/", roles_views.roles, name="roles"),
    path("journal/", journal_views.journal, name="journal"),
    path("journal.csv", journal_views.journal_csv, name="journal-csv"),
]
