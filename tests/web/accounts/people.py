"""What the tests of the accounts share."""

from __future__ import annotations

PASSWORD = "un mot de passe bien long"
