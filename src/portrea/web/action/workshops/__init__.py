"""Preparing and holding workshops."""
