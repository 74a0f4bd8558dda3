"""People with roles, as the other rooms have them."""

from __future__ import annotations

from web.accounts.conftest import connected, person

__all__ = ["connected", "person"]
