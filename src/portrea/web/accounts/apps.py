"""Accounts of the people who keep the site; readers need none."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as administration
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    """People, roles, journal, background work."""

    name = "portrea.web.accounts"
    label = "accounts"
    verbose_name = "comptes"

    def ready(self) -> None:
        """Import the tasks of every room, so that the daily ones are known, and what listens."""
        autodiscover_modules("tasks")
        import_module("portrea.web.accounts.sessions")


class AdministrationConfig(administration.AdminConfig):
    """Django's administration, entered by our own connection."""

    default = False
    default_site = "portrea.web.accounts.administration.Administration"
