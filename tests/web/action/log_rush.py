"""One help sent six times at once, a list filtered, a file brought in: run by test_log_rush."""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from portrea.action.activity import Activity  # noqa: E402
from portrea.web.accounts.models import Membership, User  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.action.log.selectors import Filter, records_listed  # noqa: E402
from portrea.web.action.models import Record  # noqa: E402
from portrea.web.action.services import importing  # noqa: E402
from portrea.web.action.services.log import record_log  # noqa: E402

COMMUNE, TIMES = "commune:35188", 6
HELP = Activity(kind="individuel", where="autre", day=date(2026, 5, 4), themes=("email",))
LINES = "type;date;lieu;thèmes\nindividuel;2026-05-04;autre;sante\n"


def send(_time: int) -> int:
    try:
        return record_log(actor=SYSTEM, territory=COMMUNE, activity=HELP, uuid=UUID(int=7)).pk
    finally:
        connection.close()


def main() -> None:
    """Tell how many rows were made, found by theme, imported."""
    call_command("migrate", verbosity=0)
    with ThreadPoolExecutor(TIMES) as crowd:
        sent = set(crowd.map(send, range(TIMES)))
    record_log(actor=SYSTEM, territory=COMMUNE, activity=replace(HELP, themes=("sante",)))
    reader = User.objects.create_user("lit@exemple.org", "x")
    Membership.objects.create(user=reader, role="elu", level="commune", code="35188")
    found = records_listed(reader, Filter(theme="sante")).count()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste.csv"
        path.write_text(LINES, "utf-8")
        first, again = (
            importing.import_receive(actor=SYSTEM, path=path, territory=COMMUNE) for _time in "ab"
        )
    added = [importing.import_apply(actor=SYSTEM, key=one.key).added for one in (first, again)]
    told = {"sent": len(sent), "found": found, "added": added, "rows": Record.objects.count()}
    json.dump(told, sys.stdout)


main()
