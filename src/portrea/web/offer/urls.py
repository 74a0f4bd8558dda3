"""Addresses of the places."""

from __future__ import annotations

from django.urls import path

from portrea.web.offer import figures_views, views, work_urls

urlpatterns = [
    *work_urls.urlpatterns,
    path("lieux/", views.place_list, name="places"),
    path("lieux/carte.json", views.place_map, name="places-map"),
    path("lieux/horaires/", figures_views.place_hours, name="places-hours"),
    path("lieux/statistiques/", figures_views.place_statistics, name="places-statistics"),
    path(
        "lieux/statistiques.csv", figures_views.place_statistics_csv, name="places-statistics-csv"
    ),
    path("lieux/<path:place_id>/contact.vcf", views.place_vcard, name="place-vcard"),
    path("lieux/<path:place_id>/", views.place_detail, name="place"),
]
