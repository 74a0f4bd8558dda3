"""Django's administration: entered by our own connection, by those of whom the matrix says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login

from portrea.web.accounts.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Administration(admin.AdminSite):
    """The administration; its own connection page would know neither throttle nor second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may enter: « staff » in Django, and the act in the matrix."""
        return super().has_permission(request) and may(request, "site.administer")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the connection page of the site."""
        following = request.GET.get("next") or "/admin/"
        return redirect_to_login(following)
