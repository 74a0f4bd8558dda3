"""« Et si ? » over a whole département: the answer once the territory is ready.

Floor: the same minimum of times and the same sums of draws with bare numpy, nothing by commune.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import Measure, clock

DEPARTEMENT = "35"
TIMES = 15


def run() -> list[Measure]:
    """Measure an answer with two places that open and one that closes."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute
    from portrea.steering.reading import Reader
    from portrea.steering.what_if import Changes, outcome
    from portrea.steering.what_if_ground import Question, prepare

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        load_embedded(store, departements={DEPARTEMENT})
        compute(store)
        reader = Reader(store)
        selection = reader.gazetteer.resolve(f"departement:{DEPARTEMENT}")
        with clock() as ready:
            ground = prepare(reader, selection, Question("information", "a1"))
            ground.today, ground.help_today, ground.persons  # noqa: B018 - kept with the ground
        closes = ground.places.filter("serves", "inside")["id"][0]
        changes = Changes(((1, "commune:35211"), (2, "commune:35319")), (closes,))
        taken = [_answer(outcome, ground, changes) for _ in range(TIMES)]
        floor = min(_bare(ground) for _ in range(TIMES))
    note = (
        f"{len(ground.demand.codes)} IRIS, {ground.places.height} lieux et communes, "
        f"{ground.demand.draws.shape[1]} tirages ; territoire préparé en {ready.cpu:.1f} s "
        "de processeur, une fois"
    )
    title = "« Et si ? » d’un département : deux permanences, une fermeture"
    median = statistics.median(taken)
    return [Measure("what-if", title, median, limit=0.05, floor=floor, note=note)]


def _answer(outcome: object, ground: object, changes: object) -> float:
    with clock() as taken:
        outcome(ground, changes, minutes=20)
    return taken.cpu


def _bare(ground: object) -> float:
    matrix, draws = ground.problem.minutes, ground.demand.draws
    serves = ground.places["serves"].to_numpy()
    with clock() as taken:
        open_now = np.where(serves[matrix.indices], matrix.data, np.inf)
        nearest = np.minimum.reduceat(open_now, matrix.indptr[:-1])
        near = (nearest <= 20).astype(np.float32)
        np.quantile(near @ draws, [0.025, 0.1, 0.9, 0.975])
    return taken.cpu
