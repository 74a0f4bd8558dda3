"""Every operation, asked what its description allows and what it refuses: no fault is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portrea.web.api import views
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

SERVICE = {
    "block": "aide", "key": "aide", "procedures": ["CAF"],
    "presences": [{"kind": "permanence", "hours": "Mo 09:00-12:00", "every_weeks": 2}],
}  # fmt: skip
CANNOT_BE_TOLD = [positive_data_acceptance]
"""A cursor is signed, a departure is a commune or a position, a territory exists: no schema says
so; ``test_reading.py`` and ``test_proposals.py`` show that what is right is accepted."""
DESCRIBED = schemathesis.openapi.from_dict(views.description())
DESCRIBED.app = get_wsgi_application()
OPERATIONS = {found.ok().label: found.ok() for found in DESCRIBED.get_all_operations()}


def few(examples: int) -> settings:
    """Bounded runs: this test is in the suite of everyone."""
    return settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        deadline=None,
    )


def test_every_operation_is_described() -> None:
    told = {f"{method.upper()} {path}" for path, methods in views.description()["paths"].items()
            for method in methods}  # fmt: skip
    assert set(OPERATIONS) == told
    assert len(told) >= 12


NOTHING_TO_REFUSE = {"GET /api/v1/", "GET /api/v1/sources", "GET /api/v1/datasets"}
"""They read no parameter: nothing asked of them is wrong, but what they do not know."""
CASES = [
    pytest.param(label, mode, id=f"{label} {mode.value}")
    for label in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or label not in NOTHING_TO_REFUSE
]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("label", "mode"), CASES)
def test_whatever_is_asked(
    label: str, mode: GenerationMode, site: Client, key: Callable[..., str]
) -> None:
    applied(*(record(str(n), services=[SERVICE], phone=f"+3329900000{n}") for n in range(3)))
    operation = OPERATIONS[label]
    headers = {"Accept-Encoding": "identity"}
    if "proposals" in label:
        headers["Authorization"] = f"Bearer {key()}"

    @given(case=operation.as_strategy(generation_mode=mode))
    @few(10)
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=CANNOT_BE_TOLD)

    ask()
