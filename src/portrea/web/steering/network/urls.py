"""Addresses of the network of actors and of their directory."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.network import directory_views, views

NETWORK = "pilotage/reseau/<slug:level>/<slug:code>/"
DIRECTORY = "pilotage/annuaire/<slug:level>/<slug:code>/"

urlpatterns = [
    path("pilotage/reseau/", views.networks, name="networks"),
    path("pilotage/reseau/liens/<int:tie>/", views.tie_step, name="tie-step"),
    path("pilotage/reseau/communautes/<int:number>/", views.community, name="community"),
    path(
        "pilotage/reseau/communautes/<int:number>/clore/", views.community_close,
        name="community-close",
    ),
    path(NETWORK, views.network, name="network"),
    path(f"{NETWORK}liens.csv", views.network_csv, name="network-csv"),
    path(f"{NETWORK}declarer/", views.tie_new, name="tie-new"),
    path(f"{NETWORK}communaute/", views.community_new, name="community-new"),
    path("pilotage/annuaire/nouvelles/<int:news>/", directory_views.news_step, name="news-step"),
    path(DIRECTORY, directory_views.directory, name="directory"),
    path(f"{DIRECTORY}nouvelles.atom", directory_views.feed, name="directory-feed"),
    path(f"{DIRECTORY}proposer/", directory_views.news_new, name="news-new"),
]  # fmt: skip
