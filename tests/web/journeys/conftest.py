"""People of the accounts, for the journeys."""

from __future__ import annotations

from web.accounts.conftest import connected, person

__all__ = ["connected", "person"]
