"""Start the walk of all migrations on a database, and judge what it tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[4]
PAST = yaml.safe_load((ROOT / "tests/cases/operation/migrations.yaml").read_text("utf-8"))["past"]


def walk(home: Path, database: str = "", *, since: bool = False) -> None:
    """Walk migrations on rows, up, down and up; the code of before still writes.

    Parameters
    ----------
    since
        Only those since the rule, on a database already made; else all, on an empty one.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        "PORTREA_SECRET_KEY": "only-for-tests",
        "PORTREA_HOME": str(home),
        "PORTREA_DATABASE_URL": database,
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", str(Path(__file__).with_name("walk.py")),
         *(["since"] if since else [])],
        env=clean | told,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    answer = json.loads(done.stdout)
    assert sorted(answer["walked"]) == sorted(n for n in ours() if not (since and is_past(n)))
    assert {key: why for key, why in answer["broken"].items() if not is_past(key)} == {}
    seen = "offer.0004_search_tags" in answer["broken"]
    assert seen or since, "a walk that no longer sees a broken writer sees nothing"


def ours() -> list[str]:
    """Return the migrations of this site."""
    disk = MigrationLoader(None).disk_migrations
    return [str(one) for one in disk.values() if one.__module__.startswith("portrea.")]


def is_past(key: str) -> bool:
    """Tell whether a migration was written before the rule."""
    label, name = key.split(".")
    return name <= PAST.get(label, "")
