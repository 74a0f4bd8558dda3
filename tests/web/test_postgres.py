"""The same site on PostgreSQL: migrated from nothing, answering, refusing the same duplicates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.postgres

CODE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
from django.db import IntegrityError, connection, transaction
from portrea.web.accounts.models import User
assert connection.vendor == "postgresql"
User.objects.create_superuser("chef@example.org", "un mot de passe long")
try:
    with transaction.atomic():
        User.objects.create_user("CHEF@example.org")
except IntegrityError:
    print("refused")
from django.test import Client
client = Client()
assert client.login(username="chef@example.org", password="un mot de passe long")
assert client.get("/admin/accounts/user/", secure=True).status_code == 200
print(client.get("/sante/").json()["base"])
"""


def programme(name: str) -> str:
    """Find a program of PostgreSQL (Debian keeps them out of the PATH)."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    assert found, f"{name} is not installed (scripts/test.sh installs PostgreSQL)"
    return found


def as_postgres(*command: str) -> None:
    """Run a program that refuses root."""
    root = os.geteuid() == 0
    prefix = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if root else ()
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL of this test run only: no port, one socket in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="portrea-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    options = f"-c listen_addresses='' -k {folder} -c fsync=off"
    try:
        as_postgres(
            programme("initdb"), "--no-sync", "-A", "trust", "-U", "portrea", "-D", str(data)
        )
        log = str(folder / "log")
        as_postgres(programme("pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "start")
        yield f"postgresql://portrea@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            as_postgres(programme("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_site_on_postgresql(cluster: str, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE],
        env=environment
        | {
            "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.test",
            "PORTREA_DATABASE_URL": cluster,
            "PORTREA_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["refused", "ok"]
