"""The places that help."""

from __future__ import annotations

from django.apps import AppConfig


class OfferConfig(AppConfig):
    """Census of the places, and their public pages."""

    name = "portrea.web.offer"
    label = "offer"
    verbose_name = "lieux"

    def ready(self) -> None:
        """Tell the accounts what a structure is called and where it is."""
        from portrea.web.accounts.structures import register
        from portrea.web.offer.census import structure_of

        register(structure_of)
