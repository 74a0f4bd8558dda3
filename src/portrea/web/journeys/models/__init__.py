"""Tables of the journeys: orientations handed over, counts of demands left without an answer."""

from portrea.web.journeys.models.demands import UnmetDemand
from portrea.web.journeys.models.handovers import Handover

__all__ = ["Handover", "UnmetDemand"]
