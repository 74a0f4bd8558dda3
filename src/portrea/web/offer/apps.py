"""The places that help."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfferConfig(AppConfig):
    """Census of the places, and their public pages."""

    name = "portrea.web.offer"
    label = "offer"
    verbose_name = "lieux"

    def ready(self) -> None:
        """Tell what a structure is, the places as they are now, and which pages the menu gets."""
        from portrea.web.accounts import space
        from portrea.web.accounts.structures import register, register_listing
        from portrea.web.offer.census import structure_of, structures_of
        from portrea.web.offer.living import living_offer, living_state
        from portrea.web.offer.services import mailing  # noqa: F401 - its daily jobs
        from portrea.web.territories import living

        register(structure_of)
        register_listing(structures_of)
        living.register(living_offer, living_state)
        space.register(_("À relire"), "/espace/moderation/", "board.read", group="census", order=20)
        space.register(_("Fiches"), "/espace/lieux/", "place.edit", group="census", order=25)
        space.register(_("Doublons"), "/espace/doublons/", "board.read", group="census", order=30)
        space.register(_("Importer"), "/espace/imports/", "import.run", group="census", order=35)
        space.register(_("À situer"), "/espace/adresses/", "import.run", group="census", order=36)
        space.register(
            _("Horaires à relire"), "/espace/horaires/", "import.run", group="census", order=37
        )
        space.register(_("Campagnes"), "/espace/campagnes/", "board.read", group="census", order=50)
        space.register(
            _("Copier les courriels"),
            "/espace/courriels/",
            "contact.read",
            group="census",
            order=60,
        )
        space.register(
            _("Liens et QR codes"), "/espace/liens/", "link.issue", group="census", order=40
        )
