"""Accounts of the people who keep the site; readers need none."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Custom user model."""

    name = "portrea.web.accounts"
    label = "accounts"
    verbose_name = "comptes"
