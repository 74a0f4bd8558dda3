"""The catalogue of procedures is there as soon as the tables are."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist


def fill_catalogue(using: str = "default", apps: Any = None, **_told: Any) -> None:
    """Fill the catalogue once the migrations are done; nothing when they went back before it."""
    from portrea.web.action.services.procedures import catalogue_sync

    if using != "default":
        return
    try:
        if apps is not None:
            apps.get_model("action", "Procedure")._meta.get_field("edited")
    except (LookupError, FieldDoesNotExist):
        return
    catalogue_sync()
