"""Addresses of the editorial pages."""

from __future__ import annotations

from django.urls import path

from portrea.web.design import views

urlpatterns = [
    *(
        path(f"{url}/", views.page, {"template": name}, name=name)
        for url, name in views.PAGES.items()
    ),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
