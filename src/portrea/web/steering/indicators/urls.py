"""Addresses of the indicators of activity; those of a shared link begin by « partage »."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.indicators import share_views, views

HOME = "pilotage/indicateurs/"
TERRITORY = f"{HOME}<slug:level>/<slug:code>/"

urlpatterns = [
    path(HOME, views.territories, name="indicators-home"),
    path(TERRITORY, views.indicators, name="indicators"),
    path(f"{TERRITORY}croiser/", views.crossed, name="indicators-crossed"),
    path(f"{TERRITORY}indicateurs.<slug:form>", views.indicators_file, name="indicators-file"),
    path(f"{TERRITORY}partager/", share_views.shares, name="indicators-shares"),
    path(f"{TERRITORY}partager/<int:link>/fermer/", share_views.revoke, name="indicators-revoke"),
    path("pilotage/partage/<slug:token>/", share_views.shared, name="indicators-shared"),
]
