"""Work of open data outside requests: versions frozen each night, what a page asked for."""

from __future__ import annotations

from django_tasks import task

from portrea.base.errors import StoreError
from portrea.web.accounts.permissions import Actor
from portrea.web.accounts.running import report
from portrea.web.accounts.schedule import daily
from portrea.web.steering.catalogue import selectors
from portrea.web.steering.services import opendata


@daily(hour=4)
@task()
def freeze_changed() -> list[str]:
    """Freeze what changed since the last version; nothing before somebody froze the first ones.

    Publishing is decided by a person, once; the nights keep it up to date.
    """
    if not selectors.newest():
        return []
    try:
        made = opendata.versions_freeze(actor=Actor.system("données ouvertes"), progress=report)
    except StoreError:
        return []
    return [f"{one.slug} {one.version}" for one in made]


@task()
def do_work(what: str) -> list[str]:
    """Do what a page asked."""
    system = Actor.system("données ouvertes")
    return list(opendata.work_do(actor=system, what=what, progress=report).lines)
