"""The ``date`` filter of every template."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import engines
from django.utils import translation


@pytest.mark.parametrize("engine", ["django", "mail"])
@pytest.mark.parametrize(
    ("language", "day", "wanted", "told"),
    [
        ("fr", date(2026, 12, 1), "l j F Y", "mardi 1er décembre 2026"),
        ("fr", date(2026, 12, 1), "j F", "1er décembre"),
        ("fr", date(2026, 12, 11), "j F Y", "11 décembre 2026"),
        ("fr", date(2026, 12, 21), "j F Y", "21 décembre 2026"),
        ("fr", date(2026, 8, 1), "Y-m-d", "2026-08-01"),
        ("fr", date(2026, 8, 1), "j/n", "1/8"),
        ("es", date(2026, 12, 1), "j F Y", "1 diciembre 2026"),
        ("fr", None, "j F", ""),
    ],
)
def test_the_first_of_a_month(engine, language, day, wanted, told) -> None:
    template = engines[engine].from_string(f'{{{{ day|date:"{wanted}" }}}}')
    with translation.override(language):
        assert template.render({"day": day}) == told
