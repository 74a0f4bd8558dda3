"""Addresses of portraits, downloads and sources."""

from __future__ import annotations

from django.urls import include, path

from portrea.web.steering import compare_views, pack_views, trial_views, views
from portrea.web.steering.catalogue.urls import urlpatterns as opendata
from portrea.web.steering.editions.urls import public

TERRITORY = "territoires/<slug:level>/<slug:code>/"

urlpatterns = [
    path("", include("portrea.web.steering.abs_chapter.urls")),
    path("", include("portrea.web.steering.actions.urls")),
    path("", include("portrea.web.steering.committee.urls")),
    path("", include("portrea.web.steering.complete.urls")),
    path("", include("portrea.web.steering.network.urls")),
    path("", include("portrea.web.steering.indicators.urls")),
    path("", include("portrea.web.steering.means.urls")),
    *opendata,
    *public,
    path("territoires/", views.territories, name="territories"),
    path("territoires/portrait.<slug:form>", views.selection_file, name="selection-file"),
    path("territoires/donnees.<slug:kind>", views.selection_data, name="selection-data"),
    path("territoires/dossier/", pack_views.selection_pack, name="selection-pack"),
    path(
        "territoires/dossier.<slug:form>",
        pack_views.selection_pack_file,
        name="selection-pack-file",
    ),
    path("territoires/cote-a-cote/", compare_views.side_by_side, name="side-by-side"),
    path(
        "territoires/cote-a-cote.<slug:form>",
        compare_views.side_by_side_file,
        name="side-by-side-file",
    ),
    path("territoires/<slug:part>.<slug:kind>", views.selection_part, name="selection-part"),
    path(TERRITORY, views.portrait, name="portrait"),
    path(TERRITORY + "portrait.<slug:form>", views.portrait_file, name="portrait-file"),
    path(TERRITORY + "donnees.<slug:kind>", views.portrait_data, name="portrait-data"),
    path(TERRITORY + "dossier/", pack_views.pack, name="pack"),
    path(TERRITORY + "dossier.<slug:form>", pack_views.pack_file, name="pack-file"),
    path(TERRITORY + "semblables/", compare_views.similar, name="similar"),
    path(TERRITORY + "semblables.<slug:form>", compare_views.similar_file, name="similar-file"),
    path(TERRITORY + "<slug:part>.<slug:kind>", views.portrait_part, name="portrait-part"),
    path("methode/", views.method, name="method"),
    path("methode/validation/", views.validation, name="validation"),
    path("methode/validation.csv", views.validation_csv, name="validation-csv"),
    path("methode/essayer/", trial_views.try_out, name="try-out"),
    path("methode/essayer/parametres.yaml", trial_views.parameters_yaml, name="try-out-yaml"),
    path("methode/<slug:name>/", views.note, name="note"),
    path("comparer/", views.difference, name="difference"),
    path("sources/", views.sources, name="sources"),
]
