"""Territories: codes, levels, vintages, hierarchy, contours, tiles."""

from portrea.territory.codes import Level
from portrea.territory.hierarchy import Gazetteer, Selection, Territory, complete_territories

__all__ = ["Gazetteer", "Level", "Selection", "Territory", "complete_territories"]
