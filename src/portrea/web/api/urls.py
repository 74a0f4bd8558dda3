"""Addresses of the open interface and of what other sites embed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portrea.web.api import coop_views, embedding_urls, key_views, views
from portrea.web.api.interface import interface

urlpatterns: list[URLPattern | URLResolver] = [
    path("espace/cles/", key_views.keys, name="api-keys"),
    path("espace/cles/<int:key>/fermer/", key_views.key_close, name="api-key-close"),
    path("api/", views.documentation, name="api-documentation"),
    path("api/v1/openapi.json", views.openapi, name="api-openapi"),
    path("api/v1/", interface.urls),
    path("api/coop/activites", coop_views.activities, name="api-coop-activities"),
    path("api/cartographie/", include("portrea.web.api.national_urls")),
    *embedding_urls.urlpatterns,
]
