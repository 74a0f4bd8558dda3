"""What is done to help, what went wrong in procedures, and the next step never forgotten."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ActionConfig(AppConfig):
    """Activity, workshops, difficulties, dates."""

    name = "portrea.web.action"
    label = "action"
    verbose_name = "action"

    def ready(self) -> None:
        """Add the pages of the team to the menu; let the database note what changed."""
        from portrea.web.accounts import space
        from portrea.web.action.seeding import fill_catalogue
        from portrea.web.action.services import plea_mail  # noqa: F401 - its daily job
        from portrea.web.action.triggers import install_after, remove_before

        pre_migrate.connect(remove_before, sender=self)
        post_migrate.connect(install_after, sender=self)
        post_migrate.connect(fill_catalogue, sender=self)
        space.register(
            _("Ma semaine"), "/espace/ma-semaine/", "activity.log", group="mine", order=12
        )
        space.register(
            _("Comptes rendus"), "/espace/comptes-rendus/", "activity.read", group="field", order=21
        )
        space.register(
            _("Rendez-vous"), "/espace/rendez-vous/", "appointment.run", group="field", order=24
        )
        space.register(_("Ateliers"), "/espace/ateliers/", "workshop.run", group="field", order=26)
        space.register(
            _("Difficultés"), "/espace/difficultes/", "difficulty.read", group="field", order=28
        )
        pleas = _("Propositions aux administrations")
        space.register(pleas, "/espace/propositions/", "difficulty.read", group="field", order=30)
        space.register(
            _("Dates et rappels"), "/espace/regles-de-dates/", "dates.rule", group="field", order=32
        )
        space.register(
            _("Aller vers et prêts"), "/espace/aller-vers/", "outreach.run", group="field", order=34
        )
        space.register(
            _("Activité du territoire"),
            "/espace/activite/",
            "activity.read",
            group="steering",
            order=52,
        )
