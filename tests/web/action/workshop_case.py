"""A workshop for tests: tomorrow or just over, in Montfort-sur-Meu."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portrea.web.action.models import Workshop

COMMUNE = "commune:35188"


def workshop(*, begins: timedelta = timedelta(days=3), **told: Any) -> Workshop:
    """Write a workshop of two hours that begins in some time; public, ten places by default."""
    starts = timezone.now() + begins
    columns = {
        "starts": starts,
        "ends": starts + timedelta(hours=2),
        "level": "commune",
        "code": "35188",
        "commune": "35188",
        "title": "Impôts en ligne",
        "themes": ["aide_aux_demarches_administratives"],
        "place_name": "Médiathèque",
        "phone": "02 99 00 00 00",
        "capacity": 10,
        "waiting": 4,
        "public": True,
    }
    return Workshop.objects.create(**columns | told)


def over(**told: Any) -> Workshop:
    """Write a workshop that ended an hour ago."""
    return workshop(begins=timedelta(hours=-3), **told)
