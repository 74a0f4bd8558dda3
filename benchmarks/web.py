"""The site: server time of a warm territory page, bytes of a first visit, values of a map."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

from benchmarks import Measure, clock

EPCI = "/territoires/epci/243500550/"
VALUES = "/carte/valeurs/a1.json?niveau=commune&territoire=departement:35"
STATIC = Path(__file__).resolve().parents[1] / "src/portrea/web/design/static/design"
REPEATS = 40
FIRST_VISIT = 60_000
STYLE = 12_000
WARM = 0.060


def run() -> list[Measure]:
    """Load département 35, compute, then measure the pages of the pilot."""
    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        home = Path(folder) / "home"
        _prepare(home)
        return [*_times(), *_bytes()]


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

    django.setup()
    settings.PORTREA_HOME = home


def _times() -> list[Measure]:
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path

    from portrea.web.config import urls

    urls.urlpatterns.append(path("bonjour/", lambda _request: HttpResponse("bonjour")))
    client = Client()
    hello = _cpu(client, "/bonjour/")
    page = _cpu(client, EPCI)
    tag = client.get(EPCI)["ETag"]
    unchanged = _cpu(client, EPCI, if_none_match=tag)
    return [
        Measure(
            "web-portrait-warm",
            "Page d’un EPCI, à chaud (processeur)",
            page,
            limit=WARM,
            floor=hello,
        ),
        Measure("web-portrait-304", "Page d’un EPCI, déjà reçue (304)", unchanged, floor=hello),
        Measure(
            "web-map-values",
            "Valeurs de la carte des communes d’un département (processeur)",
            _cpu(client, VALUES),
            floor=hello,
        ),
    ]


def _cpu(client: object, address: str, **headers: str) -> float:
    """Return processor seconds per request, compression included."""
    sent = {"Accept-Encoding": "gzip", **{k.replace("_", "-"): v for k, v in headers.items()}}
    client.get(address, headers=sent)  # type: ignore[attr-defined]
    with clock() as measured:
        for _ in range(REPEATS):
            client.get(address, headers=sent)  # type: ignore[attr-defined]
    return measured.cpu / REPEATS


def _bytes() -> list[Measure]:
    from django.test import Client

    page = Client().get(EPCI, headers={"Accept-Encoding": "gzip"}).content
    parts = {
        "html": ("HTML d’un EPCI (gzip)", len(page), None),
        "css": ("Feuille de style (gzip)", _packed("portrea.css"), STYLE),
        "font": (
            "Police des titres (woff2)",
            (STATIC / "fonts/titres-700.woff2").stat().st_size,
            None,
        ),
        "icon": ("Icône", (STATIC / "icon.svg").stat().st_size, None),
    }
    total = sum(size for _, size, _ in parts.values())
    return [
        *(
            Measure(f"web-bytes-{k}", t, size, "octets", limit)
            for k, (t, size, limit) in parts.items()
        ),
        Measure("web-bytes-total", "Première visite d’un portrait", total, "octets", FIRST_VISIT),
    ]


def _packed(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))
