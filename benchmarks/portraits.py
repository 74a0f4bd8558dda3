"""Portraits in numbers: a warm page, PDF files and their memory, a batch of 100 EPCI.

The whole of France is computed in a temporary store; ``portraits-all-epci`` is the time of the
sample, without the start of its processes, brought to every EPCI, plus that start once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import Measure, clock

TERRITORY = "epci:243500550"
ADDRESS = "/territoires/epci/243500550/"
REPEATS = 15
SAMPLE = 100
PROCESSES = 2
PDF_ALONE = """
import time
from pathlib import Path
from portrea.sources.store import Store
from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import compose
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject
reader = Reader(Store(Path({home!r})))
selection = reader.gazetteer.resolve({territory!r})
portrait_pdf(compose(Subject.of(reader, selection)))
started = time.perf_counter()
portrait = compose(Subject.of(reader, selection))
content = portrait_pdf(portrait)
seconds = time.perf_counter() - started
import pikepdf, io
pages = len(pikepdf.open(io.BytesIO(content)).pages)
figures = [figure.id for figure in portrait.figures()]
maps = sum(name.startswith(("carte", "fig-zones", "fig-acces")) for name in figures)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024
print(seconds, peak, pages, len(figures), maps)
"""


def run() -> list[Measure]:
    """Measure the page, the PDF and the batch."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        home = Path(folder) / "home"
        store = Store(home)
        load_embedded(store)
        compute(store)
        small = Path(folder) / "small"
        load_embedded(Store(small), departements={"22", "35", "56"})
        compute(Store(small), draws=200)
        page = _page(home)
        complete = _complete(Path(folder) / "complet.json")
        return [page, *complete, *_document(home, small), *_batch(store, Path(folder) / "lot")]


def _page(home: Path) -> Measure:
    """Time the portrait page as the site answers it once warm, in this process."""
    os.environ["PORTREA_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portrea.web.config.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    client = Client()
    first = client.get(ADDRESS)
    if first.status_code != 200:
        raise AssertionError(first.status_code)
    times = []
    for _ in range(REPEATS):
        with clock() as measured:
            client.get(ADDRESS)
        times.append(measured.seconds)
    return Measure(
        "portrait-page-warm",
        "Page du portrait d’un EPCI, déjà vue une fois",
        statistics.median(times),
        limit=0.080,
        note=f"{TERRITORY} ; {len(first.content)} octets ; au pire {max(times) * 1000:.0f} ms",
    )


COMPLETE_ALONE = """
import io, json, time
from pathlib import Path
from portrea.steering.document import Portrait
from portrea.steering.pdf import portrait_pdf
portrait = Portrait.from_dict(json.loads(Path({path!r}).read_text("utf-8")))
started = time.perf_counter()
content = portrait_pdf(portrait)
seconds = time.perf_counter() - started
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024
import pikepdf
figures = list(portrait.figures())
maps = sum(figure.id.startswith(("carte", "fig-zones", "fig-acces")) for figure in figures)
pages = len(pikepdf.open(io.BytesIO(content)).pages)
print(seconds, peak, pages, len(figures), maps, len(content) / 1e6)
"""


def _complete(path: Path) -> list[Measure]:
    """Time the complete portrait: made by the site, then written from what an edition freezes."""
    from portrea.web.steering.complete.selectors import complete_of

    with clock() as made:
        portrait = complete_of(TERRITORY)
    with clock() as again:
        complete_of(TERRITORY)
    path.write_text(json.dumps(portrait.to_dict(), ensure_ascii=False), "utf-8")
    seconds, peak, pages, figures, maps, size = _told(COMPLETE_ALONE.format(path=str(path)))
    shape = f"{pages:.0f} pages, {figures:.0f} figures dont {maps:.0f} cartes"
    return [
        Measure("complete-page", "Portrait complet d’un EPCI, composé une fois déjà",
                again.seconds, note=f"première fois : {made.seconds:.1f} s"),
        Measure("complete-pdf", "Portrait complet PDF, première page d’un processus neuf",
                seconds, limit=2.0, note=shape),
        Measure("complete-pdf-memory", "Mémoire de pointe du processus qui l’écrit", peak, "Mio",
                limit=500, note=shape),
        Measure("complete-pdf-size", "Taille du portrait complet PDF", size, "Mo", limit=5,
                note=shape),
    ]  # fmt: skip


def _document(home: Path, small: Path) -> list[Measure]:
    """Time a PDF in a process of its own: its peak is that of what it must read too."""
    seconds, peak, pages, figures, maps = _alone(home)
    _, peak_small, *_ = _alone(small)
    shape = f"{pages:.0f} pages, {figures:.0f} figures dont {maps:.0f} cartes"
    title = "Mémoire de pointe du processus qui l’écrit"
    return [
        Measure("portraits-pdf", "Portrait PDF d’un EPCI, calcul de la France", seconds, limit=2.0,
                note=shape),
        Measure("portraits-pdf-memory-france", f"{title}, calcul de la France", peak, "Mio",
                limit=500, note=shape),
        Measure("portraits-pdf-memory", f"{title}, calcul de trois départements", peak_small,
                "Mio", limit=500, note=shape),
    ]  # fmt: skip


def _alone(home: Path) -> list[float]:
    return _told(PDF_ALONE.format(home=str(home), territory=TERRITORY))


def _told(code: str) -> list[float]:
    """Run some lines in a process of their own; return the numbers it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    return [float(word) for word in done.stdout.split()]


def _batch(store, folder: Path) -> list[Measure]:
    """Time a batch of one portrait, then of a sample spread over France."""
    from portrea.steering.batch import expand, make_portraits
    from portrea.steering.reading import Reader

    reader = Reader(store)
    every = expand(reader, "epci:*")
    sample = every[:: len(every) // SAMPLE][:SAMPLE]
    with clock() as start:
        make_portraits(reader, every[1 : 1 + PROCESSES], folder, processes=PROCESSES)
    with clock() as made:
        outcome = make_portraits(reader, sample, folder, processes=PROCESSES)
    if outcome.faults:
        raise AssertionError(outcome.faults)
    each = (made.seconds - start.seconds) / (SAMPLE - PROCESSES)
    load = os.getloadavg()[0]
    return [
        Measure(
            "portraits-all-epci",
            f"Portraits PDF des {len(every)} EPCI, {PROCESSES} processus",
            (start.seconds + each * len(every)) / 60,
            "min",
            limit=15,
            note=f"{SAMPLE} EPCI en {made.seconds:.0f} s, ramenés à tous ; charge {load:.1f}",
        ),
        Measure("portraits-each", "Un portrait du lot, à deux processus", each),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
