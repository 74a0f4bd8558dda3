"""What a person may claim, and how much is not claimed where."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    """Hints, their parameters, local aids, non-take-up, outcomes."""

    name = "portrea.web.rights"
    label = "rights"
    verbose_name = _("droits")

    def ready(self) -> None:
        """Add the pages of the team to the menu."""
        from portrea.web.accounts import space

        space.register(
            _("Aides locales"), "/espace/aides-locales/", "aid.edit", group="field", order=33
        )
        space.register(
            _("Droits à la source"),
            "/espace/droits/echelle/",
            "rights.ladder",
            group="field",
            order=37,
        )
        give = _("Fichier pour un partenaire")
        space.register(
            give, "/espace/droits/partenaires/", "rights.attribute", group="field", order=38
        )
        space.register(
            _("Zéro non-recours"),
            "/espace/zero-non-recours/",
            "outcome.read",
            group="field",
            order=36,
        )
