"""What crosses the rooms: from a person's situation to the right door."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """Orientation: questions, places, slip."""

    name = "portrea.web.journeys"
    label = "journeys"
    verbose_name = "parcours"

    def ready(self) -> None:
        """Add the pages of agents to the menu, the daily jobs, what phones also collect."""
        from portrea.web.accounts import space
        from portrea.web.action.difficulties.counting import count_also
        from portrea.web.journeys import rights_steps, room_logs
        from portrea.web.journeys.grid_difficulties import grid_difficulties, keep_observed
        from portrea.web.journeys.room_sheets import SHEET, sheet_opened, sheets_of_day
        from portrea.web.journeys.services import mailing  # noqa: F401 - its daily jobs
        from portrea.web.rights.hints import steps
        from portrea.web.surveys.collecting.selectors import collect_also, collect_for
        from portrea.web.surveys.erasing import before_erasing
        from portrea.web.surveys.services.batches import register

        count_also(grid_difficulties)
        before_erasing(keep_observed)
        register(SHEET, sheet_opened)
        collect_also(sheets_of_day)
        register(room_logs.RECORD, room_logs.record_opened)
        register(room_logs.DIFFICULTY, room_logs.difficulty_opened)
        collect_also(room_logs.difficulties_of_day)
        collect_for(room_logs.notebook_page)
        steps.register(rights_steps.ROOMS)

        space.register(
            _("Orientations"), "/espace/orientations/", "orientation.send", group="mine", order=15
        )
        space.register(
            _("Demandes sans réponse"),
            "/espace/demandes/",
            "demand.read",
            group="steering",
            order=55,
        )
