"""Addresses. Aids of communes and départements, told as dated data."""

from __future__ import annotations

from django.urls import path

from portrea.web.rights.aids import team_views, views

PUBLIC = "droits/aides-locales/"
TEAM = "espace/aides-locales/"

urlpatterns = [
    path(PUBLIC, views.local_aids_home, name="rights-aids-home"),
    path(f"{PUBLIC}<slug:level>/<slug:code>/", views.local_aids, name="rights-aids"),
    path(
        f"{PUBLIC}<slug:level>/<slug:code>/aides.yaml", views.local_aids_file,
        name="rights-aids-file",
    ),
    path(TEAM, team_views.aid_list, name="rights-aids-held"),
    path(f"{TEAM}nouvelle/", team_views.aid_edit, name="rights-aids-new"),
    path(f"{TEAM}importer/", team_views.aid_import, name="rights-aids-import"),
    path(f"{TEAM}<int:number>/", team_views.aid_edit, name="rights-aids-edit"),
    path(f"{TEAM}<int:number>/relue/", team_views.aid_confirm, name="rights-aids-confirm"),
    path(f"{TEAM}<int:number>/retirer/", team_views.aid_retire, name="rights-aids-retire"),
]  # fmt: skip
