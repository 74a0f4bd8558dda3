"""Accounts in the administration."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.models import User


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """List, create and disable accounts."""

    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    readonly_fields = ("joined", "last_login")
    fieldsets: ClassVar = (
        (None, {"fields": ("email", "name", "password")}),
        (
            _("Droits"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("joined", "last_login")}),
    )
    add_fieldsets: ClassVar = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )
