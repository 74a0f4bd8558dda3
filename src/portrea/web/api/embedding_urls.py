"""Addresses of what other sites embed or follow, and of self-service stations."""

from __future__ import annotations

from django.urls import path

from portrea.web.api import embedding_views, feeds_views, sitemap, station_views

PERMANENCES = "permanences/<slug:level>/<slug:code>"

urlpatterns = [
    path("integrer/", embedding_views.guide, name="embedding"),
    path("integrer/v1/portrea-orientation.js", embedding_views.component, name="component"),
    path("oembed", embedding_views.oembed, name="oembed"),
    path(f"{PERMANENCES}/", feeds_views.page, name="permanences"),
    path(f"{PERMANENCES}.ics", feeds_views.calendar, name="permanences-ics"),
    path(f"{PERMANENCES}.atom", feeds_views.feed, name="permanences-atom"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap-xml"),
    path("sitemap-<int:number>.xml", sitemap.sitemap, name="sitemap-part"),
    path("borne/attente/", station_views.waiting, name="kiosk-wait"),
    path("borne/fin/", station_views.ended, name="kiosk-end"),
]
