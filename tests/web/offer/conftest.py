"""People of the accounts, for the census."""

from __future__ import annotations

from web.accounts.conftest import connected, person

__all__ = ["connected", "person"]
