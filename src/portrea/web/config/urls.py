"""Every address of the site."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from portrea.web.config import views

urlpatterns = [  # tried in order: what residents ask for most comes first
    *i18n_patterns(
        path("", include("portrea.web.journeys.urls")),
        path("", include("portrea.web.rights.hints.urls")),
        prefix_default_language=False,
    ),
    path("", include("portrea.web.design.urls")),
    path("", include("portrea.web.accounts.urls")),
    path("", include("portrea.web.territories.urls")),
    path("", include("portrea.web.needs.urls")),
    path("", include("portrea.web.offer.urls")),
    path("", include("portrea.web.reach.urls")),
    path("", include("portrea.web.surveys.urls")),
    path("", include("portrea.web.action.urls")),
    path("", include("portrea.web.rights.urls")),
    path("", include("portrea.web.steering.urls")),
    path("", include("portrea.web.api.urls")),
    path("", include("portrea.web.operation.urls")),
    path("sante/", views.health, name="health"),
    path("admin/", admin.site.urls),
]

handler400 = "portrea.web.config.views.bad_request"
handler403 = "portrea.web.config.views.forbidden"
handler404 = "portrea.web.config.views.not_found"
handler500 = "portrea.web.config.views.failure"
