"""63,374 real rows brought to the census: read by guessing, as one import, by ``offer load``.

The national list of ``../shared/data`` (nine lists, duplicates left in), each way on a database of
its own. The floor of a reading is ``csv`` and ``json`` alone; that of a writing, the same rows as
JSON in two bare tables of SQLite.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from benchmarks import Measure, clock
from benchmarks.duplicates import LIST, stacked

if TYPE_CHECKING:
    from portrea.offer.record import Place

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared/data"
READ_LIMIT = 15
LOAD_LIMIT = 30
IMPORT_LIMIT = 15


def run() -> list[Measure]:
    """Measure both ways, each in a process and a home of its own."""
    if not (SHARED / LIST).exists():
        return []
    load, alone, read = _apart("load"), _apart("import"), _apart("read")
    rows = load["rows"]
    return [
        Measure(
            "offer-read-63k",
            f"Lecture d’un CSV de {read['rows']} lignes, colonnes devinées (processeur)",
            read["cpu"],
            limit=READ_LIMIT,
            floor=read["floor"],
            note=f"temps écoulé {read['seconds']:.1f} s ; {read['places']} lieux,"
            f" {read['refused']} lignes refusées ; mémoire {read['memory']:.0f} Mo",
        ),
        Measure(
            "offer-load-63k",
            f"`portrea offer load` de {rows} fiches, doublons réunis (processeur)",
            load["cpu"],
            limit=LOAD_LIMIT,
            floor=load["floor"],
            note=f"temps écoulé {load['seconds']:.1f} s, photographie comprise ;"
            f" {load['joined']} lieux réunis, {load['asked']} paires à juger ;"
            f" mémoire {load['memory']:.0f} Mo",
        ),
        Measure(
            "offer-import-63k",
            f"Import de {rows} fiches au recensement (processeur)",
            alone["cpu"],
            limit=IMPORT_LIMIT,
            floor=alone["floor"],
            note=f"temps écoulé {alone['seconds']:.1f} s ; une transaction, qui se défait ;"
            f" mémoire {alone['memory']:.0f} Mo",
        ),
    ]


def _apart(way: str) -> dict[str, Any]:
    """Measure one way in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="portrea-census-") as folder:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from benchmarks.offer_census import measure; measure({way!r})",
            ],
            env=kept | {"PORTREA_HOME": folder},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# -- in the process of its own --------------------------------------------------------------------


def measure(way: str) -> None:
    """Bring the rows to an empty census, print what was measured as JSON."""
    if way == "read":
        told = read(Path(os.environ["PORTREA_HOME"]) / "liste.csv")
    else:
        from portrea.cli.serve import prepare_database

        prepare_database()
        places = frame()
        told = load(places) if way == "load" else import_(places)
        told |= {"rows": places.height, "memory": peak(), "floor": floor(places)}
    print(json.dumps(told))


def peak() -> float:
    """Return the most memory this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def read(target: Path) -> dict[str, Any]:
    """Read the national list as a CSV that nobody described."""
    from portrea.offer.importing.guessing import guess_mapping
    from portrea.offer.importing.rows import import_rows
    from portrea.sources.lists import read_list

    table = pl.read_parquet(SHARED / LIST)
    table.with_columns(cs.list().list.join("|")).write_csv(target)
    with clock() as elapsed:
        listing = read_list(target)
        mapping = guess_mapping(listing.columns, listing.rows, source="mesure")
        result = import_rows(listing, mapping, today=date(2026, 11, 22))
    told = {"cpu": elapsed.cpu, "seconds": elapsed.seconds, "memory": peak()}
    with clock() as bare, target.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            json.dumps(row)
    counts = {"places": len(result.places), "refused": len(result.refused)}
    return told | counts | {"rows": table.height, "floor": bare.cpu}


def frame() -> pl.DataFrame:
    """Return the rows as a table ``places``; identifiers are told apart by their list."""
    from portrea.vocab.tables import PLACES

    rows = stacked(SHARED / LIST).with_row_index("row")
    named = rows.with_columns(
        id=pl.format("{}--{}", "source", "row"),
        name=pl.col("name").fill_null("sans nom"),
        situations=pl.lit([], pl.List(pl.String)),
    )
    return PLACES.conform(named.drop("row"), where=LIST)


def load(places: pl.DataFrame) -> dict[str, Any]:
    """``portrea offer load`` of a list already in the store."""
    from portrea.base.provenance import Provenance
    from portrea.cli.census import load_census
    from portrea.sources.store import Store

    store = Store()
    card = Provenance("mesure", "Liste nationale empilée", "Mesure", "2025")
    store.write_dataset(card, {"places": places})
    with clock() as elapsed:
        report = load_census(store)
    return {
        "cpu": elapsed.cpu,
        "seconds": elapsed.seconds,
        "joined": report.joined,
        "asked": report.asked,
    }


def import_(places: pl.DataFrame) -> dict[str, Any]:
    """Receive and apply one import of records."""
    from portrea.offer.rows import of_row
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.services import import_apply, import_receive

    records: list[Place] = [of_row(row) for row in places.iter_rows(named=True)]
    with clock() as elapsed:
        batch = import_receive(actor=SYSTEM, source="mesure")
        import_apply(actor=SYSTEM, batch=batch, places=records)
    return {"cpu": elapsed.cpu, "seconds": elapsed.seconds}


def floor(places: pl.DataFrame) -> float:
    """Return the processor seconds of writing the rows as JSON, twice, in bare tables."""
    with clock() as elapsed, tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "floor.sqlite3")
        for table in ("place", "card"):
            base.execute(f"CREATE TABLE {table} (id TEXT PRIMARY KEY, record TEXT)")
            rows = ((row["id"], json.dumps(row, default=str)) for row in places.to_dicts())
            base.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
        base.commit()
        base.close()
    return elapsed.cpu
