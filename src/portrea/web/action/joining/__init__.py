"""Workshops as those who come see them."""
