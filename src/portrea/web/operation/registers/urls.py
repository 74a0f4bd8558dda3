"""Addresses of the register."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.registers import views

HOME = "espace/registre/"

urlpatterns = [
    path(HOME, views.register_page, name="register"),
    path(f"{HOME}<slug:document>.<slug:form>", views.register_file, name="register-file"),
]
