"""The places of a territory as files that others read, made once for each state of the census.

A file is kept under ``$PORTREA_HOME/cache/files`` until the census, the computation, the day or the
code of Portrea changes; erasing the folder is safe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.offer.exchange.context import Context
from portrea.offer.exchange.mednum import file_name
from portrea.steering.exchange import STANDARDS, Told, write_to
from portrea.steering.exchange_places import cities_of, computed_places
from portrea.web.offer.census import census_state, open_texts
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.offer.record import Place
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

PRODUCER = "portrea"
MOST_PLACES = 20_000
KEPT = timedelta(days=2)
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """A place that a format cannot hold, and why."""

    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A file ready to be sent."""

    path: Path
    name: str
    written: int
    missing: tuple[Missing, ...]
    lacking: int

    @property
    def more(self) -> int:
        """How many missing places are not listed."""
        return self.lacking - len(self.missing)


def file_of(selection: Selection, standard: str, *, places: int) -> File:
    """Return the places of a territory in a format, from the file kept or made now.

    Raises
    ------
    ParameterError
        When the format is unknown, or the territory holds more places than a page may write.
    """
    if standard not in STANDARDS:
        known = ", ".join(STANDARDS)
        raise ParameterError(f"Format inconnu : « {standard[:40]} ».", remedy=f"Formats : {known}.")
    if places > MOST_PLACES:
        raise ParameterError(
            f"Ce territoire compte {places} lieux : c’est trop pour un fichier fait à la demande.",
            remedy=f"Demandez un département ({MOST_PLACES} lieux au plus), ou, sur le serveur,"
            " la commande « portrea offer export ».",
        )
    current = reader()
    day = timezone.localdate().isoformat()
    extension = STANDARDS[standard].extension
    name = file_name(day, PRODUCER, selection.label, extension)
    path = _folder() / f"{_key(current, selection, standard, day)}.{extension}"
    card = path.with_suffix(".card")
    if not (path.exists() and card.exists()):
        _write(path, card, standard, selection)
    told = json.loads(card.read_text("utf-8"))
    missing = tuple(Missing(**one) for one in told["missing"])
    return File(path, name, told["written"], missing, told["lacking"])


def _folder() -> Path:
    return Path(settings.PORTREA_HOME) / "cache" / "files"


def _key(current: Reader, selection: Selection, standard: str, day: str) -> str:
    state = census_state() if census_origin() == CENSUS else ""
    chosen = [f"{one.level.value}:{one.code}" for one in selection.territories]
    parts = (settings.PORTREA_VERSION, current.computation_id, state, standard, day, *chosen)
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def _write(path: Path, card: Path, standard: str, selection: Selection) -> None:
    """Write the file beside, then put it in place, its card first: never half a file."""
    current = reader()
    path.parent.mkdir(parents=True, exist_ok=True)
    _forget_old(path.parent)
    context = Context(today=timezone.localdate(), producer=PRODUCER, cities=cities_of(current))
    with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as stream:
        report = write_to(stream, _places(current, selection), standard, context)
    found = [Missing(one.id, one.name, one.reason) for one in report.left_out[:MOST_SHOWN]]
    told = {
        "written": report.written,
        "lacking": sum(report.reasons.values()),
        "missing": [asdict(one) for one in found],
    }
    beside = Path(f"{stream.name}.card")
    beside.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    beside.replace(card)
    Path(stream.name).replace(path)


def _places(current: Reader, selection: Selection) -> Iterator[Place | Told]:
    if census_origin() == CENSUS:
        for told in open_texts(selection):
            yield Told(*told)
        return
    yield from computed_places(current, selection)


def _forget_old(folder: Path) -> None:
    limit = (timezone.now() - KEPT).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
