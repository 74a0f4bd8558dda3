"""The four entries that only forget an author: before the day nothing, after it nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.retention import registry, retention_run
from web.accounts.conftest import person
from web.accounts.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.web.accounts.models import User

__all__ = ["person"]
pytestmark = pytest.mark.django_db
CASES = {
    "surveys.authors": ("surveys.Day", "by", "created"),
    "surveys.coders": ("surveys.Mark", "coder", "at"),
    "action.authors": ("action.Permanence", "by", "created"),
    "steering.authors": ("steering.Passage", "by", "at"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_author_is_forgotten_and_the_rest_stays(name: str, person: Callable[..., User]) -> None:
    label, author, moment = CASES[name]
    someone, model = person("administrateur"), apps.get_model(label)
    row = World("OURS", someone).fill(label, **{author: someone})
    days = next(entry.days for entry in registry() if entry.name == name)
    now = timezone.now()
    written = now - timedelta(days=days)
    model.objects.filter(pk=row.pk).update(**{moment: written + timedelta(minutes=1)})
    assert retention_run(actor=SYSTEM, now=now, names=[name])[0].rows == 0
    model.objects.filter(pk=row.pk).update(**{moment: written - timedelta(minutes=1)})
    assert retention_run(actor=SYSTEM, now=now, names=[name], dry_run=True)[0].rows == 1
    before = model.objects.filter(pk=row.pk).values().get()
    assert before[f"{author}_id"] == someone.pk
    assert retention_run(actor=SYSTEM, now=now, names=[name])[0].rows == 1
    assert model.objects.filter(pk=row.pk).values().get() == {**before, f"{author}_id": None}
