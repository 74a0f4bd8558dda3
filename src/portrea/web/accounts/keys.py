"""Words by which things are known in an address: drawn, not to be guessed, easy to type."""

from __future__ import annotations

from django.utils.crypto import get_random_string

KEY = 12
CODE = 8
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No « i », « l », « o », « 0 », « 1 »: they are read one for the other."""


def new_key() -> str:
    """Return what a thing is known by in an address."""
    return get_random_string(KEY, _SIGNS)


def new_code() -> str:
    """Return what a person writes down, to come back without an account."""
    return get_random_string(CODE, _SIGNS)
