"""What people and those who help them say: questionnaires, answers, the day of collection."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    """Questionnaires and surveys."""

    name = "portrea.web.surveys"
    label = "surveys"
    verbose_name = "enquêtes"

    def ready(self) -> None:
        """Add the pages of the team to the menu."""
        from portrea.web.accounts import space

        space.register(
            _("Questionnaires"),
            "/espace/questionnaires/",
            "survey.prepare",
            group="surveys",
            order=46,
        )
        space.register(
            _("Enquêtes"), "/espace/enquetes/", "survey.results", group="surveys", order=47
        )
        space.register(_("Démarches"), "/espace/demarches/", "day.run", group="surveys", order=48)
