"""Addresses of the places."""

from __future__ import annotations

from django.urls import path

from portrea.web.offer import figures_views, files_views, views, work_urls

urlpatterns = [
    *work_urls.urlpatterns,
    path("lieux/", views.place_list, name="places"),
    path("lieux/carte.json", views.place_map, name="places-map"),
    path("lieux/horaires/", figures_views.place_hours, name="places-hours"),
    path("lieux/statistiques/", figures_views.place_statistics, name="places-statistics"),
    path(
        "lieux/statistiques.csv", figures_views.place_statistics_csv, name="places-statistics-csv"
    ),
    path("lieux/fichiers/", files_views.place_files, name="places-files"),
    path("lieux/fichiers/<slug:standard>/", files_views.place_file, name="places-file"),
    path("lieux/<path:place_id>/contact.vcf", views.place_vcard, name="place-vcard"),
    path("lieux/<path:place_id>/", views.place_detail, name="place"),
]
