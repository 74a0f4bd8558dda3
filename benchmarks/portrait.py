"""The portrait: page content and PDF of an EPCI, against an empty typst document."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import typst

from benchmarks import Measure, clock
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.steering.computation import compute
from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import build_portrait, compose
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject
from portrea.steering.typesetting import fonts

TERRITORY = "epci:200038990"
PILOT = "epci:243500618,epci:200038990,epci:243500550"
REPEATS = 7
EMPTY = '#set text(font: "Source Sans Pro", lang: "fr")\n= Vide\n'


def run() -> list[Measure]:
    """Compose and write the portrait of an EPCI of Bretagne from the embedded data."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        load_embedded(store, departements={"22", "35", "56"})
        compute(store, draws=50)
        reader = Reader(store)
        selection = reader.gazetteer.resolve(TERRITORY)
        with clock() as first:
            portrait = build_portrait(reader, selection)
            content = portrait_pdf(portrait)
        composing = _cpu(lambda: compose(Subject.of(reader, selection)))
        writing = _seconds(lambda: portrait_pdf(compose(Subject.of(reader, selection))))
        pilot = build_portrait(reader, reader.gazetteer.resolve(PILOT))
        maps = max(len(f.svg) for p in (portrait, pilot) for f in p.figures())
    where = f"{TERRITORY}, 17 communes"
    return [
        Measure("portrait-first", "Portrait PDF d’un EPCI, premier", first.seconds, note=where),
        Measure(
            "portrait-pdf",
            "Portrait PDF d’un EPCI, ensuite",
            writing,
            limit=1.5,
            floor=_floor(),
            note="plancher : document typst vide, mêmes polices",
        ),
        Measure(
            "portrait-compose",
            "Contenu de la page d’un EPCI (processeur)",
            composing,
            limit=0.060,
            note="tous les textes, tableaux et figures",
        ),
        Measure("portrait-size", "Poids du PDF", len(content) / 1e6, "Mo", limit=5.0, note=where),
        Measure("portrait-map", "Carte la plus lourde (pilote)", maps / 1e3, "ko", limit=15.0),
    ]


def _floor() -> float:
    compiler = typst.Compiler(EMPTY.encode(), font_paths=fonts(), ignore_system_fonts=True)
    return _seconds(lambda: compiler.compile(format="pdf", pdf_standards="ua-1", input=_titled()))


def _titled() -> bytes:
    return f'#set document(title: "Vide")\n{EMPTY}'.encode()


def _seconds(work) -> float:
    return statistics.median(_timed(work).seconds for _ in range(REPEATS))


def _cpu(work) -> float:
    return statistics.median(_timed(work).cpu for _ in range(REPEATS))


def _timed(work):
    with clock() as measured:
        work()
    return measured


if __name__ == "__main__":
    for row in run():
        print(row)
