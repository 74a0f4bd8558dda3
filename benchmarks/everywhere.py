"""The portrait of every EPCI of France on the embedded data: none fails, and the time of them all.

One in fifty is also printed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import Measure, clock

PRINT_ONE_IN = 50


def run() -> list[Measure]:
    """Load and compute all of France in a temporary store, then compose each portrait."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute
    from portrea.steering.reading import Reader

    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        store = Store(Path(folder))
        load_embedded(store)
        compute(store)
        reader = Reader(store)
        codes = reader.gazetteer.table.filter(level="epci")["code"].sort().to_list()
        with clock() as composing:
            portraits = [_portrait(reader, code) for code in codes]
        with clock() as printing:
            pages = _print(portraits[::PRINT_ONE_IN])
    silent = sum(not portrait.headline.numbers for portrait in portraits)
    note = f"{len(codes)} EPCI, aucune erreur, {silent} sans population embarquée (Mayotte)"
    return [
        Measure("portrait-everywhere", "Portraits de tous les EPCI", composing.seconds, note=note),
        Measure(
            "portrait-everywhere-pdf",
            "Un PDF d’EPCI, moyenne sur la France",
            printing.seconds / len(pages),
            limit=1.5,
            note=f"{len(pages)} EPCI, un sur {PRINT_ONE_IN}",
        ),
    ]


def _portrait(reader, code: str):
    from portrea.steering.portrait import compose
    from portrea.steering.subject import Subject

    portrait = compose(Subject.of(reader, reader.gazetteer.resolve(f"epci:{code}")))
    numbers = portrait.headline.numbers
    if numbers and not 0 < numbers[0].low < numbers[0].high:
        raise AssertionError(f"epci:{code}: no interval")
    if not numbers and not portrait.unknowns:
        raise AssertionError(f"epci:{code}: neither a number nor what is missing")
    return portrait


def _print(portraits: list) -> list[bytes]:
    from portrea.steering.pdf import portrait_pdf

    return [portrait_pdf(portrait) for portrait in portraits]
