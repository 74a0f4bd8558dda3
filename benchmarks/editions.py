"""A published edition: processor time of its pages, warm; of freezing one; bytes kept."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks import Measure, clock

TERRITORY = "epci:243500550"
PLACE = "/portraits/epci-243500550/"
REPEATS = 40
WARM = 0.080


def run() -> list[Measure]:
    """Load département 35, compute, freeze two editions, then measure their pages."""
    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        _prepare(Path(folder) / "home")
        from django.core.cache import cache

        from portrea.web.accounts.permissions import SYSTEM
        from portrea.web.steering.services import editions

        cache.clear()
        with clock() as freezing:
            for name in ("2025", "2026"):
                made = editions.edition_freeze(
                    actor=SYSTEM, territory=TERRITORY, name=name, title=f"Édition {name}"
                )
                editions.edition_publish(actor=SYSTEM, edition=made, read_again=True)
        size = len(bytes(made.content))
        return [
            Measure(
                "edition-page", "Page d’une édition publiée, à chaud (processeur)",
                _cpu(f"{PLACE}2026/"), limit=WARM, floor=_cpu("/bonjour/"),
            ),
            Measure(
                "edition-comparer", "Deux éditions comparées, à chaud", _cpu(f"{PLACE}comparer/"),
            ),
            Measure("edition-figer", "Figer puis publier une édition", freezing.cpu / 2),
            Measure("edition-octets", "Une édition gardée", size, "octets"),
        ]  # fmt: skip


def _prepare(home: Path) -> None:
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    os.environ["PORTREA_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portrea.web.config.settings.test"
    store = Store(home)
    load_embedded(store, departements={"35"})
    compute(store)
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.http import HttpResponse
    from django.urls import path

    django.setup()
    settings.PORTREA_HOME = home
    call_command("migrate", verbosity=0)
    from portrea.web.config import urls

    urls.urlpatterns.append(path("bonjour/", lambda _request: HttpResponse("bonjour")))


def _cpu(address: str) -> float:
    """Return processor seconds per request, compression included."""
    from django.test import Client

    client = Client(headers={"Accept-Encoding": "gzip"})
    if client.get(address).status_code != 200:
        raise RuntimeError(address)
    with clock() as measured:
        for _ in range(REPEATS):
            client.get(address)
    return measured.cpu / REPEATS
