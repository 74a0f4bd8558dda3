"""Addresses of access. Fixed words come before « level/code », which takes any two words."""

from __future__ import annotations

from django.urls import include, path

from portrea.web.reach import access_views, scenario_views, sharing_views, views

urlpatterns = [
    path("acces/", views.home, name="access-home"),
    path("acces/et-si/", views.what_if, name="what-if"),
    path("acces/methode/", access_views.method, name="access-method"),
    path("acces/comparer/", scenario_views.compare, name="what-if-compare"),
    path("acces/essais/<slug:key>/", scenario_views.scenario, name="scenario"),
    path("espace/essais/", scenario_views.scenarios, name="scenarios"),
    path("espace/essais/nouveau/", scenario_views.scenario_new, name="scenario-new"),
    path("espace/essais/<slug:key>/retirer/", scenario_views.scenario_remove, name="scenario-drop"),
    path(
        "espace/essais/<slug:key>/portrait/", scenario_views.scenario_forward, name="scenario-show"
    ),
    path("acces/<slug:level>/<slug:code>/facons/", sharing_views.sharing, name="access-sharing"),
    path("", include("portrea.web.reach.tour_urls")),
    path("", include("portrea.web.reach.priority_urls")),
    path("acces/<slug:level>/<slug:code>/", access_views.access, name="access"),
]
