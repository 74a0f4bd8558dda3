"""Addresses. From a right detected to a right opened: the log of a territoire zéro non-recours."""

from __future__ import annotations

from django.urls import path

from portrea.web.rights.outcomes import call_views, figure_views, file_views, views

_HOME = "espace/zero-non-recours/"
_FILE = f"{_HOME}importer/<slug:key>/"

urlpatterns = [
    path("effacer-mon-telephone/", call_views.call_withdraw, name="call-withdraw"),
    path(_HOME, views.outcome_list, name="outcome-list"),
    path(f"{_HOME}nouveau/", views.outcome_new, name="outcome-new"),
    path(f"{_HOME}indicateurs/", figure_views.indicators, name="outcome-figures"),
    path(
        f"{_HOME}indicateurs/<slug:kind>/",
        figure_views.indicators_file,
        name="outcome-figures-file",
    ),
    path(f"{_HOME}actions/", figure_views.outreach, name="outcome-actions"),
    path(f"{_HOME}a-rappeler/", call_views.call_list, name="outcome-calls"),
    path(f"{_HOME}a-rappeler/<int:pk>/fini/", call_views.call_done, name="outcome-call-done"),
    path(f"{_HOME}fichier/<slug:kind>/", file_views.outcome_export, name="outcome-export"),
    path(f"{_HOME}importer/", file_views.outcome_imports, name="outcome-imports"),
    path(_FILE, file_views.outcome_import, name="outcome-import"),
    path(f"{_FILE}ajouter/", file_views.outcome_import_add, name="outcome-import-add"),
    path(f"{_FILE}defaire/", file_views.outcome_import_undo, name="outcome-import-undo"),
    path(f"{_FILE}oublier/", file_views.outcome_import_drop, name="outcome-import-drop"),
    path(f"{_HOME}<slug:key>/", views.outcome_read, name="outcome-read"),
    path(f"{_HOME}<slug:key>/corriger/", views.outcome_edit, name="outcome-edit"),
    path(f"{_HOME}<slug:key>/retirer/", views.outcome_remove, name="outcome-remove"),
    path(f"{_HOME}<slug:key>/rappel/", call_views.call_new, name="outcome-call"),
    path(f"{_HOME}<slug:key>/rappel/code/", call_views.call_slip, name="outcome-call-slip"),
    path(f"{_HOME}<slug:key>/etape/<slug:stage>/", views.outcome_step, name="outcome-step"),
]
