"""Tables of the journeys: orientations, demands without an answer, what grids saw."""

from portrea.web.journeys.models.demands import UnmetDemand
from portrea.web.journeys.models.handovers import Handover
from portrea.web.journeys.models.observed import Observed
from portrea.web.journeys.models.sheets import SheetReceived

__all__ = ["Handover", "Observed", "SheetReceived", "UnmetDemand"]
