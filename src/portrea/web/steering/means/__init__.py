"""Means of the actions of a territory: described, imported, added up beside people helped."""
