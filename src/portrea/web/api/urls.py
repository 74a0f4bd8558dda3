"""Addresses of the open interface and of what other sites embed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.api import embedding_urls, views
from portrea.web.api.interface import interface

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.documentation, name="api-documentation"),
    path("api/v1/openapi.json", views.openapi, name="api-openapi"),
    path("api/v1/", interface.urls),
    *embedding_urls.urlpatterns,
]
