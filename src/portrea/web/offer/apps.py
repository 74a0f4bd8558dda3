"""The places that help."""

from __future__ import annotations

from django.apps import AppConfig


class OfferConfig(AppConfig):
    """Public pages of this room."""

    name = "portrea.web.offer"
    label = "offer"
