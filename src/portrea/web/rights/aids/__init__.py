"""Aids of communes and départements, told as dated data."""
