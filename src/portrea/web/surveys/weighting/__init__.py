"""Weighting a survey back to the population, by margins of the census or typed."""
