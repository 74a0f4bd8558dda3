"""Measures: who reads them, what they count, how many series, and that they hold no person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from portrea.web.accounts import mail, tasks
from portrea.web.operation.metrics import counting
from web.accounts.test_routes import address, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

ROOT = Path(__file__).resolve().parents[4]
ADDRESS = "/mesures-exploitation/"
STATUSES = 20
"""Statuses that a route may answer, at most."""


def samples(client: Client, **headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get(ADDRESS, headers=headers)
    assert answer.status_code == 200
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(answer.content.decode())
        for one in family.samples
    }


@pytest.mark.django_db
def test_this_machine_alone_reads_without_a_token(
    client: Client, settings: SettingsWrapper
) -> None:
    assert client.get(ADDRESS).status_code == 200
    assert client.get(ADDRESS, REMOTE_ADDR="::1").status_code == 200
    assert client.get(ADDRESS, REMOTE_ADDR="203.0.113.7").status_code == 403
    assert client.get(ADDRESS, REMOTE_ADDR="").status_code == 403
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via"):
        assert client.get(ADDRESS, headers={header: "1.2.3.4"}).status_code == 403, header
    settings.PORTREA_PROXY = True
    assert client.get(ADDRESS).status_code == 403


@pytest.mark.django_db
def test_a_token_is_asked_of_everyone(client: Client, settings: SettingsWrapper) -> None:
    settings.PORTREA_METRICS_TOKEN = "s3cret"
    assert client.get(ADDRESS).status_code == 403
    assert client.get(ADDRESS, headers={"authorization": "Bearer s3cre"}).status_code == 403
    assert client.get(ADDRESS, {"token": "s3cret"}).status_code == 403
    good = {"authorization": "Bearer s3cret", "x-forwarded-for": "1.2.3.4"}
    assert client.get(ADDRESS, REMOTE_ADDR="203.0.113.7", headers=good).status_code == 200


@pytest.mark.django_db
def test_requests_are_counted_by_route(client: Client) -> None:
    def counted(route: str, status: str) -> float:
        labels = (("method", "GET"), ("route", route), ("status", status))
        return samples(client).get(("portrea_requests_total", labels), 0)

    before = counted("help", "200"), counted("-", "404")
    client.get("/aide/")
    client.get("/nulle-part/jeanne/")
    assert (counted("help", "200"), counted("-", "404")) == (before[0] + 1, before[1] + 1)
    found = samples(client)
    assert found["portrea_request_seconds_count", (("route", "help"),)] >= 1
    assert found["portrea_request_seconds_bucket", (("le", "+Inf"), ("route", "help"))] >= 1


@pytest.mark.django_db
def test_a_visitor_cannot_make_series(client: Client) -> None:
    """A thousand addresses, parameters and methods of one's own: the same few series."""
    client.raise_request_exception = False

    def strangers(prefix: str) -> None:
        for rank in range(200):
            client.get(f"/{prefix}{rank}/", {"q": prefix})
            client.generic(f"{prefix}{rank}".upper(), "/aide/")

    strangers("inconnue")
    samples(client)  # the first reading is counted by the next one
    before = set(samples(client))
    strangers("autre")
    after = set(samples(client))
    assert after - before == set()
    assert "inconnue" not in client.get(ADDRESS).content.decode().lower()


def test_labels_are_words_of_the_code() -> None:
    """Routes × (methods × statuses + times) bounds the series whatever visitors do."""
    names = {entry.name or path for path, entry in routes()}
    assert len(names) < 1000
    assert all("@" not in name for name in names)
    assert len(counting.BUCKETS) <= 8
    assert address("aide/")


@pytest.mark.django_db
def test_state(
    site: Client,
    home: Path,
    settings: SettingsWrapper,
    run_tasks: Callable[[], None],
    demo_home: Path,
) -> None:
    tasks.send_reset.enqueue(0)
    found = samples(site)
    assert found["portrea_tasks", (("state", "READY"),)] == 1
    run_tasks()
    mail.send("a@exemple.org", "accounts/mail/reset.txt", {"link": "x"})
    found = samples(site)
    assert found["portrea_tasks", (("state", "SUCCESSFUL"),)] == 1
    assert found["portrea_tasks", (("state", "READY"),)] == 0
    assert found["portrea_mails", (("outcome", "sent"),)] == 1
    assert found["portrea_mails", (("outcome", "failed"),)] == 0
    assert found["portrea_database_bytes", ()] > 10_000
    assert found["portrea_disk_free_bytes", ()] > 0
    assert found["portrea_computation_age_seconds", ()] > 0
    assert found["portrea_sessions", ()] == 0
    assert ("portrea_backup_age_seconds", ()) not in found


@pytest.mark.django_db
def test_age_of_the_backup(client: Client, home: Path) -> None:
    folder = home / "sauvegardes"
    folder.mkdir(parents=True)
    day = timezone.now() - timedelta(days=3)
    told = {"date": day.isoformat(), "path": "x", "verified": True}
    (folder / "derniere.json").write_text(json.dumps(told), "utf-8")
    age = samples(client)["portrea_backup_age_seconds", ()]
    assert age == pytest.approx(3 * 86_400, abs=600)
    (folder / "derniere.json").write_text("{", "utf-8")
    assert ("portrea_backup_age_seconds", ()) not in samples(client)


def test_several_processes_count_together(tmp_path: Path) -> None:
    """As the workers of ``portrea serve`` do: each its file, one reading."""
    code = (
        "from portrea.web.operation.metrics.counting import request_done, registry;"
        "import sys; [request_done('help', 'GET', 200, 0.01) for _ in range(int(sys.argv[1]))];"
        "print(registry().get_sample_value('portrea_requests_total',"
        "{'route': 'help', 'method': 'GET', 'status': '200'}))"
    )
    environment = os.environ | {counting.SHARED: str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", code, times],
            env=environment, check=True, capture_output=True, text=True,
        ).stdout.strip()
        for times in ("3", "4", "0")
    ]  # fmt: skip
    assert said == ["3.0", "7.0", "7.0"]


def metrics_named(expression: str) -> set[str]:
    import re

    return set(re.findall(r"portrea_[a-z_]+", expression))


@pytest.mark.django_db
def test_the_rules_of_alert_name_measures_that_exist(site: Client) -> None:
    content = yaml.safe_load((ROOT / "deploy/prometheus-alertes.yml").read_text("utf-8"))
    rules = [rule for group in content["groups"] for rule in group["rules"]]
    site.get("/aide/")
    known = {name for name, _labels in samples(site)} | {"portrea_backup_age_seconds"}
    assert len(rules) >= 8
    for rule in rules:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert len(rule["annotations"]["summary"]) > 10
        assert rule["annotations"]["remedy"]
        assert metrics_named(rule["expr"]) <= known, rule["alert"]
        assert rule["expr"].count("(") == rule["expr"].count(")")
