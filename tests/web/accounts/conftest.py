"""People with roles, on the computed demo (département 35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.models import Membership, User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Make an account holding roles written « referent epci:243500550 »."""
    made = 0

    def make(*roles: str, email: str = "", structure: str = "", **fields: object) -> User:
        nonlocal made
        made += 1
        user = User.objects.create_user(email or f"personne{made}@exemple.org", PASSWORD, **fields)
        for written in roles:
            role, _, territory = written.partition(" ")
            level, _, code = (territory or "france:FR").partition(":")
            Membership.objects.create(
                user=user, role=role, level=level, code=code, structure=structure
            )
        return user

    return make


@pytest.fixture
def connected(client: Client, person: Callable[..., User]) -> Callable[..., User]:
    """Make an account as ``person`` does and connect the browser with it."""

    def make(*roles: str, **fields: object) -> User:
        user = person(*roles, **fields)
        client.force_login(user)
        return user

    return make
