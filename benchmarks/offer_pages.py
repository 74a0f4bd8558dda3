"""The list of places at 100,000 places: processor of a page, on SQLite and PostgreSQL; the map.

The census is the 63,374 real rows of ``../shared/data`` (nine lists, duplicates left in), and
copies moved by some hundred metres up to 100,000. The list tells neither publics, costs, languages
nor programmes: those are drawn from the national vocabularies, seeded, so that every filter is as
full as in a well-filled census.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks import Measure
from benchmarks.duplicates import LIST, stacked
from portrea.vocab.french_hours import from_days
from portrea.vocab.hours import from_weekly_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared/data"
PLACES = 100_000
LIMIT = 0.025
MAP_LIMIT = 150_000
COLD_LIMIT = 1.0
PATCH_LIMIT = 0.25
ROUNDS = 5
SEED = 20261122
TERRITORIES = (
    "france", "departement:59", "departement:35", "region:53", "region:32", "epci:243500550",
    "commune:35188", "commune:35238", "departement:62", "region:11",
)  # fmt: skip
ASKED = (
    "", "situation=aide", "situation=formation&cout=Gratuit", "samedi=oui", "maintenant=oui",
    "q=mediatheque", "q=biblioteque", "q=mairie", "public=Seniors&situation=aide", "langue=arabe",
    "fraicheur=old", "type=BIB", "dispositif=France+Services", "q=saint+martin&situation=aide",
    "presence=itinerant", "soir=oui&cout=Gratuit&public=Jeunes",
)  # fmt: skip


def run() -> list[Measure]:
    """Measure on SQLite, then on a PostgreSQL of this run only."""
    if not (SHARED / LIST).exists():
        return []
    measures = []
    with tempfile.TemporaryDirectory(prefix="portrea-offer-") as folder:
        home = Path(folder) / "home"
        prepare(home)
        measures += _told("", "SQLite", _apart(home, ""), pages_only=False)
        print(measures, file=sys.stderr, flush=True)
        sys.path.insert(0, str(ROOT / "tests"))
        from web.postgres import temporary_cluster

        for url in temporary_cluster():
            told = _apart(home, url)
            measures += _told("-postgres", "PostgreSQL", told, pages_only=True)
    return measures


def prepare(home: Path) -> None:
    """Load one département and compute it: names and codes of the territories asked for."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    store = Store(home)
    load_embedded(store, departements={"35"})
    compute(store)


def _apart(home: Path, url: str) -> dict[str, Any]:
    """Measure one database in a process of its own."""
    code = f"from benchmarks.offer_pages import measure; measure({str(home)!r})"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTREA_")} | {
        "PORTREA_HOME": str(home),
        "PORTREA_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _told(suffix: str, name: str, told: dict[str, Any], *, pages_only: bool) -> list[Measure]:
    note = (
        f"{told['places']} lieux, {told['requests']} pages ; médiane {told['median'] * 1e3:.0f} ms,"
        f" au pire {told['worst'] * 1e3:.0f} ms ; temps écoulé p95 {told['wall'] * 1e3:.0f} ms ;"
        f" index fait en {told['index']:.1f} s"
    )
    page = Measure(
        f"offer-list-p95{suffix}",
        f"Liste de 100 000 lieux et filtres, {name} (processeur, p95)",
        told["p95"],
        limit=LIMIT,
        floor=told["hello"],
        note=note,
    )
    if pages_only:
        return [page]
    return [
        page,
        *_index_rows(told),
        Measure(
            "offer-map-first",
            "Première vue de la carte de 100 000 lieux",
            told["map"],
            "octets",
            MAP_LIMIT,
            note=f"{told['cells']} repères ; processeur {told['map_cpu'] * 1e3:.0f} ms",
        ),
        Measure("offer-list-bytes", "Liste des lieux, HTML (gzip)", told["bytes"], "octets"),
    ]


def _index_rows(told: dict[str, Any]) -> list[Measure]:
    return [
        Measure(
            "offer-index-cold",
            "Premier visiteur d’un processus qui démarre, 100 000 lieux (processeur)",
            told["cold"],
            limit=COLD_LIMIT,
            note=f"colonnes gardées sur disque ; sans elles, {told['index']:.1f} s, "
            "payées par « portrea serve » avant d’écouter",
        ),
        Measure(
            "offer-index-patch",
            "Un lieu ajouté : le trouver à la recherche suivante, 100 000 lieux (processeur)",
            told["patch"],
            limit=PATCH_LIMIT,
        ),
        Measure("offer-index-memory", "Mémoire de l’index de 100 000 lieux", told["memory"], "Mio"),
    ]


# -- in the process of its own --------------------------------------------------------------------


def measure(home: str) -> None:
    """Fill the census, ask for pages, print what was measured as JSON."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path

    from portrea.web.config import urls
    from portrea.web.config.warming import settle
    from portrea.web.offer.models import Place
    from portrea.web.offer.search import catalogue
    from portrea.web.territories.selectors import reader

    settings.PORTREA_HOME = Path(home)
    if connection.vendor == "sqlite":
        connections.databases["default"]["NAME"] = Path(home) / "portrea.sqlite3"
    call_command("migrate", verbosity=0, interactive=False)
    if not Place.objects.exists():
        fill()
    reader().gazetteer.search("rennes", limit=1)
    before = _resident()
    index = _spent(catalogue)
    size, memory = catalogue().index.shown, _resident() - before
    settle()  # as a process that serves does once it is warm
    urls.urlpatterns.append(path("bonjour/", lambda _request: HttpResponse("bonjour")))
    client = Client()
    addresses = [f"/lieux/?territoire={t}&{asked}" for t in TERRITORIES for asked in ASKED]
    for address in addresses[::5]:
        _get(client, address)
    times = sorted(_get(client, address)[:2] for _ in range(ROUNDS) for address in addresses)
    walls = sorted(wall for _, wall in times)
    hello = sorted(_get(client, "/bonjour/")[0] for _ in range(100))[50]
    first = "/lieux/carte.json?territoire=france"
    cpu, _, sent = _get(client, first)
    print(
        json.dumps(
            {
                "places": size,
                "requests": len(times),
                "median": times[len(times) // 2][0],
                "p95": times[int(len(times) * 0.95)][0],
                "worst": times[-1][0],
                "wall": walls[int(len(walls) * 0.95)],
                "index": index,
                "memory": memory,
                "cold": _cold(client),
                "patch": _patch(client),
                "hello": hello,
                "bytes": len(_get(client, addresses[0])[2]),
                "map": len(sent),
                "map_cpu": cpu,
                "cells": len(client.get(first).json()["cells"]),
            }
        )
    )


def _spent(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


def _resident() -> float:
    """Return the resident memory of this process, in MiB, freed pages given back."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _cold(client: Any) -> float:
    """Return the processor time of the first list of a process, columns being kept on disk."""
    from portrea.web.offer import search

    search.prepare()
    search._held.clear()
    search._beside = lambda _current: None  # type: ignore[assignment]
    return _get(client, "/lieux/?territoire=france")[0]


def _patch(client: Any) -> float:
    """Return the processor time of a search that finds a place written just before."""
    from portrea.offer.record import Place as Record
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.services import place_create

    record = Record(id="banc--1", name="Zanzibar du numérique", commune="35238", city="Rennes")
    place_create(actor=SYSTEM, record=record)
    address = "/lieux/?territoire=france&q=zanzibar"
    taken = _get(client, address)[0]
    if "Zanzibar du num" not in client.get(address).content.decode():
        sys.exit("Le lieu ajouté n’est pas trouvé.")
    return taken


def _get(client: Any, address: str) -> tuple[float, float, bytes]:
    """Return processor and elapsed seconds of a page, and what is sent."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    spent = time.process_time() - cpu, time.perf_counter() - wall
    if answer.status_code != 200:
        sys.exit(f"{address} : {answer.status_code}")
    return *spent, answer.content


def fill() -> None:
    """Write the census straight in its table: importing is measured elsewhere."""
    from django.db import transaction
    from django.utils import timezone

    from portrea.offer.content import from_dict, to_dict
    from portrea.web.offer.bulk import insert_rows
    from portrea.web.offer.columns import columns_of
    from portrea.web.offer.models import Place

    now, batch = timezone.now(), []
    with transaction.atomic():
        for content in _contents():
            batch.append(content)
            if len(batch) == 5000:
                _write(batch, now, from_dict, to_dict, columns_of, insert_rows, Place)
                batch = []
        _write(batch, now, from_dict, to_dict, columns_of, insert_rows, Place)


def _write(batch: list[dict[str, Any]], now: Any, *made: Any) -> None:
    from_dict, to_dict, columns_of, insert_rows, model = made
    records = [from_dict(content) for content in batch]
    rows = [
        {"id": record.id, "record": to_dict(record), "evidence": {}, "created": now, "changed": now}
        | flat
        for record, flat in zip(records, columns_of(records), strict=True)
    ]
    insert_rows(model, rows)


def _contents() -> Iterator[dict[str, Any]]:
    """Yield 100,000 records: the real rows, then copies of rows moved a little."""
    draw = random.Random(SEED)
    path = SHARED / LIST
    frame = stacked(path).with_columns(pl.read_parquet(path).select("horaires", "date_maj"))
    rows = frame.to_dicts()
    copies = [rows[draw.randrange(len(rows))] for _ in range(PLACES - len(rows))]
    for rank, row in enumerate((*rows, *copies)):
        moved = rank >= len(rows)
        yield _content(row, rank, draw, moved=moved)


def _content(row: dict[str, Any], rank: int, draw: random.Random, *, moved: bool) -> dict[str, Any]:
    from portrea.vocab.standards.mednum import fields

    pick = lambda name, most: draw.sample(fields()[name].values, draw.randint(0, most))  # noqa: E731
    shift = draw.gauss(0, 0.004) if moved else 0.0
    block = draw.choice(("information", "aide", "equipement", "formation"))
    service = {
        "block": block,
        "key": block,
        "offers": pick("services", 3),
        "publics": pick("publics_specifiquement_adresses", 2),
        "special_care": pick("prise_en_charge_specifique", 1),
        "access_modes": pick("modalites_acces", 2),
        "cost": pick("frais_a_charge", 1),
        "languages": draw.sample(("français", "arabe", "anglais", "portugais", "turc"), 1),
        "presences": [{"kind": "itinerant"}] if draw.random() < 0.05 else [],
    }
    told = {
        "id": f"b{rank:06d}",
        "name": row["name"] or "Lieu sans nom",
        "kind": row["kind"],
        "commune": row["commune"],
        "city": row["city"],
        "postcode": row["postcode"],
        "address": (row["address"] or "").replace("\n", ", ") or None,
        "longitude": row["longitude"] + shift if row["longitude"] is not None else None,
        "latitude": row["latitude"] + shift if row["latitude"] is not None else None,
        "phone": f"+332{draw.randrange(10**8):08d}",
        "hours": _hours(row["horaires"]),
        "programmes": pick("dispositif_programmes_nationaux", 1),
        "services": [service],
        "updated": _day(row["date_maj"], draw),
        "source": row["source"],
    }
    return {name: value for name, value in told.items() if value is not None}


def _hours(text: str | None) -> str | None:
    if not text:
        return None
    if text.startswith("["):
        return from_weekly_json(text)
    return from_days({"Mo": text, "Th": text})


def _day(text: str | None, draw: random.Random) -> str | None:
    try:
        return date.fromisoformat((text or "")[:10]).isoformat()
    except ValueError:
        return f"2026-{draw.randint(1, 11):02d}-01" if draw.random() < 0.5 else None
