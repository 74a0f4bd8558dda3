"""Tables of the journeys: orientations handed over, counts of demands left without an answer."""

from portrea.web.journeys.models.demands import UnmetDemand
from portrea.web.journeys.models.handovers import Handover
from portrea.web.journeys.models.sheets import SheetReceived

__all__ = ["Handover", "SheetReceived", "UnmetDemand"]
