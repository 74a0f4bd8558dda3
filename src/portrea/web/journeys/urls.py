"""Addresses of the journeys of residents and agents."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.journeys import epci_views, handover_urls, slip_urls, views, workshop_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("orientation/", views.orientation, name="orientation"),
    *slip_urls.urlpatterns,
    *handover_urls.urlpatterns,
    *workshop_urls.urlpatterns,
    path("orientation/epci/<slug:code>/", epci_views.communes, name="orientation-epci"),
    path("orientation/communes.json", views.communes, name="orientation-place"),
    path("orientation/demarches.json", views.demarches, name="orientation-procedures"),
]
