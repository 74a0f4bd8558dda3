"""Answers collected elsewhere, taken in by the one door: sent again, they are the same."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError
from portrea.sources.answers import read_json, read_rows, read_sheets
from portrea.surveys.exchange import Collected, read_records, read_tables
from portrea.surveys.form import Group
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.correcting import digest_of_number
from portrea.web.surveys.services.intake import Sent, Taken, take
from portrea.web.surveys.services.rounds import survey_to_keep, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Survey, Version

MOST_BYTES, MOST_UNPACKED, MOST_FILES = 20_000_000, 200_000_000, 60
REMEDY = "Déposez un CSV, un XLSX, un JSON, ou le ZIP de CSV d’ODK Central."


@dataclass(slots=True)
class Report:
    """What an import did, or would do: counts, columns left out, faults by question."""

    read: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    faults: dict[str, int] = field(default_factory=dict)
    faulty: int = 0
    erased: int = 0
    batch: str = ""

    @property
    def new(self) -> int:
        """Answers that were not known."""
        return self.taken.get(Taken.NEW, 0)

    @property
    def known(self) -> int:
        """Answers already received alike."""
        return self.taken.get(Taken.KNOWN, 0)

    @property
    def clashes(self) -> int:
        """Answers that differ from what is kept under their identifier."""
        return self.taken.get(Taken.CLASH, 0)


def read_answers(form: Form, name: str, content: bytes) -> Collected:
    """Return the answers of a file by its ending: CSV, XLSX, JSON, or a ZIP of CSV.

    Raises
    ------
    DataError
        The file is none of these, damaged, or answers no question of the form.
    """
    if len(content) > MOST_BYTES:
        raise DataError(
            f"Ce fichier fait plus de {MOST_BYTES // 1_000_000} Mo.",
            remedy="Exportez les réponses en plusieurs fois, par dates.",
        )
    collected = _read(form, name, content)
    if not collected.answers:
        raise DataError("Ce fichier ne contient aucune réponse.", remedy=REMEDY)
    return collected


def _read(form: Form, name: str, content: bytes) -> Collected:
    ending = name.lower().rpartition(".")[2]
    if ending == "json":
        return read_records(form, read_json(content))
    if ending == "xlsx":
        return _of_tables(form, read_sheets(content))
    if ending == "zip":
        return _of_tables(form, _unzipped(content))
    if ending in {"csv", "tsv", "txt"}:
        return read_tables(form, read_rows(content))
    raise DataError(f"« {name[-60:]} » n’est pas un fichier de réponses connu.", remedy=REMEDY)


@act("survey.run")
def answers_import(
    *, actor: Any, key: str, version: Version, collected: Collected, dry_run: bool = False
) -> Report:
    """Take answers in; ``dry_run`` says what would happen and keeps nothing."""
    with transaction.atomic():
        survey = survey_to_keep(actor, key)
        require(actor, "survey.run", survey.territory)
        report = _taken(actor, survey, version, collected)
        if dry_run:
            transaction.set_rollback(True)
        else:
            write(actor, survey, {"import": report.batch, "nouvelles": report.new})
    return report


def _taken(actor: Any, survey: Survey, version: Version, collected: Collected) -> Report:
    now = timezone.localtime()
    report = Report(len(collected.answers), ignored=collected.ignored)
    report.batch = f"import {now:%d/%m/%Y %H:%M}"
    gone = set(survey.erased)
    for uuid, answers in collected.answers.items():
        if digest_of_number(uuid) in gone:
            report.erased += 1
            continue
        sent = Sent(
            uuid,
            answers,
            Channel.IMPORT,
            version,
            table=report.batch,
            answered=moment_of(collected.moments.get(uuid, ""), now),
        )
        got = take(actor=actor, survey=survey, sent=sent)
        report.taken[got.taken] = report.taken.get(got.taken, 0) + 1
        if got.taken is Taken.NEW and got.submission.faults:
            report.faulty += 1
            for path in got.submission.faults:
                name = path.rpartition("/")[2]
                report.faults[name] = report.faults.get(name, 0) + 1
    return report


def moment_of(told: str, now: datetime) -> datetime:
    """Return when somebody answered, as a server wrote it; today when it cannot be read."""
    try:
        found = parse_datetime(told.strip())
    except ValueError:
        found = None
    if found is None:
        return now
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return min(aware, now)


def _of_tables(form: Form, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> Collected:
    """Tell the main table from those of repeats, by the end of their names."""
    repeats = [item.name for item in form.every() if isinstance(item, Group) and item.repeats]
    found: dict[str, Sequence[Mapping[str, str]]] = {}
    main: list[Sequence[Mapping[str, str]]] = []
    for name, rows in tables.items():
        own = next((one for one in repeats if _is_of(name, one)), None)
        if own is None:
            main.append(rows)
        else:
            found[own] = rows
    return read_tables(form, next((rows for rows in main if rows), ()), found)


def _is_of(table: str, repeat: str) -> bool:
    """Tell whether a table is that of a repeat (« person », « form-person », Excel’s 31 signs)."""
    bare = table.lower()
    wanted = repeat.lower()
    return bare == wanted[:31] or bare.endswith((f"-{wanted}", f"/{wanted}", f".{wanted}"))


def _unzipped(content: bytes) -> dict[str, Sequence[Mapping[str, str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [
                one
                for one in archive.infolist()
                if one.filename.lower().endswith(".csv") and "__MACOSX" not in one.filename
            ]
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_UNPACKED:
                raise DataError("Cette archive est trop grande une fois ouverte.", remedy=REMEDY)
            return {
                one.filename.rpartition("/")[2].removesuffix(".csv"): read_rows(archive.read(one))
                for one in entries
            }
    except (OSError, *BROKEN) as error:
        raise DataError(f"Cette archive ne s’ouvre pas ({error}).", remedy=REMEDY) from error
