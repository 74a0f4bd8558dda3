"""What commands do with the living census: fill it from the store, photograph it for a computation.

The census is in the site's database: nothing here touches it before it exists.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portrea.base.progress import silent
from portrea.cli.progress import progress_bar
from portrea.sources.census import photograph, put_photograph, remove_photograph

if TYPE_CHECKING:
    from portrea.base.progress import Progress
    from portrea.sources.datasets import Dataset
    from portrea.sources.loading import AddReport
    from portrea.sources.store import Store
    from portrea.web.offer.services import LoadReport

ACTOR = "portrea offer load"
SQLITE = "portrea.sqlite3"
"""The database under ``PORTREA_HOME``, unless PostgreSQL is named."""


def has_census(store: Store) -> bool:
    """Tell whether the site's database exists and holds places."""
    if not os.environ.get("PORTREA_DATABASE_URL") and not (store.home / SQLITE).exists():
        return False
    from portrea.cli.serve import setup_django

    setup_django()
    from django.db import connection

    from portrea.web.offer.models import Place

    if Place._meta.db_table not in connection.introspection.table_names():
        return False
    return Place.objects.exists()


def follow(store: Store, report: AddReport) -> None:
    """Bring newly loaded lists of places to the census, when the site has one."""
    if any(item.dataset.rows.get("places") for item in report.added) and has_census(store):
        with progress_bar("Recensement") as progress:
            load_census(store, progress)


def load_census(store: Store, progress: Progress = silent) -> LoadReport:
    """Bring the census up to date with the store's lists, then photograph it."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.offer.services import census_load

    report = census_load(actor=Actor.system(ACTOR), store=store, progress=progress)
    photograph_census(store)
    return report


def photograph_census(store: Store) -> Dataset | None:
    """Put the census as it is now in the store, when it holds places and changed since."""
    if not has_census(store):
        remove_photograph(store)
        return None
    from portrea.web.offer.census import census_frame, census_state

    state, last = census_state(), photograph(store)
    if last is not None and last.provenance.retrieved == state:
        return last
    return put_photograph(store, census_frame(), state=state)
