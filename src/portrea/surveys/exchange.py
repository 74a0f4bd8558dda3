"""Answers collected elsewhere: tables and records of KoboToolbox and ODK Central, in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from portrea.base.errors import DataError, Diagnostic
from portrea.surveys.form import Form, Group, Item, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.expressions import Answers

_KEYS = (
    "meta/rootUuid",
    "meta/instanceID",
    "meta-instanceID",
    "instanceID",
    "KEY",
    "__id",
    "_uuid",
    "uuid",
)
_PARENTS = ("PARENT_KEY", "_parent_index", "_submission__uuid")
_MOMENTS = ("_submission_time", "SubmissionDate", "__system/submissionDate", "_repondu_le", "end")
_OWN = {"KEY", "SubmissionDate", "SubmitterID", "SubmitterName", "PARENT_KEY", "meta", "uuid"}
_MARKS = ("_", "meta/", "meta-", "formhub/", "Attachments", "Edits", "ReviewState", "DeviceID")


@dataclass(frozen=True, slots=True)
class Collected:
    """Answers by identifier, in the order they came, and the columns that the form does not ask.

    ``moments``: when they were given, as the file says it (absent: it does not).
    """

    answers: Mapping[UUID, Answers]
    ignored: tuple[str, ...]
    moments: Mapping[UUID, str] = field(default_factory=dict)


def read_tables(
    form: Form,
    main: Sequence[Mapping[str, str]],
    repeats: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> Collected:
    """Return the answers of a table of one row per person, and of the tables of its repeats.

    Columns are named as KoboToolbox (``group/question``) or ODK Central (``group-question``) do,
    or by the question alone. A row without identifier takes one made of its place and its texts:
    the same file imported twice adds nothing.

    Raises
    ------
    DataError
        No column is a question of the form, an identifier is not one, or is used twice.
    """
    names = _columns(form.items, "")
    _refuse_strangers(main, names)
    rows = dict(_by_parent(repeats or {}))
    found: dict[UUID, Answers] = {}
    moments: dict[UUID, str] = {}
    faults: list[Diagnostic] = []
    for line, row in enumerate(main, start=2):
        identifier = _identifier(row, line, faults)
        answers: dict[str, Any] = {names[key]: text for key, text in row.items() if key in names}
        answers |= _rows_under(row, form.items, rows, names)
        moments[identifier] = _moment(row)
        if found.setdefault(identifier, answers) != answers:
            message = f"l’identifiant {identifier} sert déjà à d’autres réponses."
            faults.append(Diagnostic("double", message, row=line))
    _refuse(faults)
    strange = {column for row in main for column in row if _is_strange(column, names)}
    return Collected(found, tuple(sorted(strange)), moments)


def read_records(form: Form, records: Sequence[Mapping[str, Any]]) -> Collected:
    """Return the answers of JSON records, flat (KoboToolbox) or nested (ODK Central, OData)."""
    names = _columns(form.items, "")
    found: dict[UUID, Answers] = {}
    moments: dict[UUID, str] = {}
    faults: list[Diagnostic] = []
    strange: set[str] = set()
    for line, record in enumerate(records, start=1):
        flat = dict(_flat(record, ""))
        identifier = _identifier({k: str(v) for k, v in flat.items() if v}, line, faults)
        found[identifier] = _level(flat, form.items, names)
        moments[identifier] = _moment(flat)
        strange |= {key for key in flat if _is_strange(key, names)}
    _refuse(faults)
    return Collected(found, tuple(sorted(strange)), moments)


def write_rows(form: Form, answers: Mapping[UUID, Answers]) -> dict[str, list[dict[str, str]]]:
    """Return the tables of answers: the main one (``""``) and one per repeat, tied by ``KEY``."""
    repeats = (item.name for item in form.every() if isinstance(item, Group) and item.repeats)
    tables: dict[str, list[dict[str, str]]] = {"": [], **{name: [] for name in repeats}}
    for identifier, told in answers.items():
        key = f"uuid:{identifier}"
        tables[""].append({"KEY": key, **row_of(form.items, told)})
        for repeat, row in repeated_rows(form.items, told, key):
            tables[repeat].append(row)
    return tables


def row_of(items: Sequence[Item], told: Answers) -> dict[str, str]:
    """Return the answers of one level (an answer, a row of a repeat): question → text."""
    row: dict[str, str] = {}
    for item in items:
        if isinstance(item, Question):
            text = told.get(item.name, "")
            row[item.name] = text if isinstance(text, str) else ""
        elif not item.repeats:
            row |= row_of(item.items, told)
    return row


def repeated_rows(
    items: Sequence[Item], told: Answers, key: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (repeat, row) of every repeat of an answer, a row tied to the one it stands in."""
    for item in items:
        if isinstance(item, Question):
            continue
        if not item.repeats:
            yield from repeated_rows(item.items, told, key)
            continue
        rows = told.get(item.name, ())
        for at, row in enumerate(() if isinstance(rows, str) else rows, start=1):
            own = f"{key}/{item.name}[{at}]"
            yield item.name, {"PARENT_KEY": key, "KEY": own, **row_of(item.items, row)}
            yield from repeated_rows(item.items, row, own)


def _columns(items: Sequence[Item], path: str) -> dict[str, str]:
    """Return every way a question may be named in a column → its name."""
    found: dict[str, str] = {}
    for item in items:
        here = f"{path}{item.name}"
        if isinstance(item, Group):
            found |= _columns(item.items, f"{here}/")
        else:
            found |= dict.fromkeys((item.name, here, here.replace("/", "-")), item.name)
    return found


def _repeats(items: Sequence[Item]) -> list[Group]:
    """Return the repeats of a level, those of its groups too, not those that stand in a repeat."""
    return [
        group
        for item in items
        if isinstance(item, Group)
        for group in ([item] if item.repeats else _repeats(item.items))
    ]


def _by_parent(
    repeats: Mapping[str, Sequence[Mapping[str, str]]],
) -> Iterator[tuple[tuple[str, str], list[Mapping[str, str]]]]:
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for repeat, rows in repeats.items():
        for row in rows:
            parent = next((row[key] for key in _PARENTS if row.get(key)), "")
            found.setdefault((repeat, parent), []).append(row)
    yield from found.items()


def _rows_under(
    parent: Mapping[str, str],
    items: Sequence[Item],
    rows: Mapping[tuple[str, str], Sequence[Mapping[str, str]]],
    names: Mapping[str, str],
) -> dict[str, list[Answers]]:
    """Return the rows of the repeats of a level, and of theirs."""
    keys = {parent.get("KEY", ""), parent.get("_index", ""), parent.get("_uuid", "")} - {""}
    return {
        group.name: [
            {
                **{names[column]: text for column, text in row.items() if column in names},
                **_rows_under(row, group.items, rows, names),
            }
            for key in sorted(keys)
            for row in rows.get((group.name, key), ())
        ]
        for group in _repeats(items)
    }


def _identifier(row: Mapping[str, str], line: int, faults: list[Diagnostic]) -> UUID:
    told = next((row[key] for key in _KEYS if row.get(key)), "")
    if not told:
        return uuid5(NAMESPACE_URL, f"{line}:{sorted(row.items())}")
    try:
        return UUID(told.removeprefix("uuid:"))
    except ValueError:
        message = "l’identifiant de ces réponses n’en est pas un."
        faults.append(Diagnostic("identifiant", message, row=line, value=told))
        return UUID(int=line)


def _moment(row: Mapping[str, Any]) -> str:
    return next((str(row[key]) for key in _MOMENTS if row.get(key)), "")


def _level(flat: Mapping[str, Any], items: Sequence[Item], names: Mapping[str, str]) -> Answers:
    answers: dict[str, Any] = {
        names[key]: "" if value is None else str(value)
        for key, value in flat.items()
        if key in names and not isinstance(value, list)
    }
    for group in _repeats(items):
        rows = next((v for key, v in flat.items() if key.split("/")[-1] == group.name), None) or []
        answers[group.name] = [_level(dict(_flat(row, "")), group.items, names) for row in rows]
    return answers


def _flat(record: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}/")
        else:
            yield f"{path}{key}", value


def _is_strange(column: str, names: Mapping[str, str]) -> bool:
    """Tell whether a column is no question, no choice of one, and nothing that a server adds."""
    known = column in names or column in _OWN or column.startswith(_MARKS)
    choice = column.rpartition("/")[0] in names
    repeated = any(name.startswith(f"{column}/") for name in names)
    return not (known or choice or repeated)


def _refuse_strangers(rows: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> None:
    told = {column for row in rows for column in row}
    if rows and not told & set(names):
        listed = ", ".join(sorted(told)[:8])
        message = (
            f"Ce fichier ne contient aucune question de ce questionnaire (colonnes : {listed})."
        )
        remedy = "Exportez les réponses de ce questionnaire, avec les noms et non les libellés."
        raise DataError(message, remedy=remedy)


def _refuse(faults: list[Diagnostic]) -> None:
    if faults:
        message = f"{len(faults)} ligne(s) de ces réponses ne peuvent pas être lues."
        remedy = "Corrigez-les, puis importez le fichier de nouveau : rien n’a été gardé."
        raise DataError(message, remedy=remedy, diagnostics=tuple(faults))
