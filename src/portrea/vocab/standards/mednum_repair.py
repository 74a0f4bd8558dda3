"""Mend mednum records as far as the meaning is sure; convert version 0.1; refuse the rest aloud."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.base.errors import Diagnostic
from portrea.base.unseen import without_unseen
from portrea.vocab import french_hours, hours
from portrea.vocab.standards.mednum import (
    NO_PIVOT,
    SEPARATOR,
    Field,
    Record,
    bare,
    fields,
    legacy_names,
    legacy_separator,
    legacy_values,
    overseas_phone,
    typology,
    value_of,
)
from portrea.vocab.standards.mednum_check import (
    EMAIL,
    NUMBER,
    URL,
    check_record,
    is_date,
    position_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class Checked:
    """One row after checking: what was received, what is kept, the faults, and why it is refused.

    ``hours_text`` is the published text of the hours; ``legacy_services`` the services of version
    0.1 as written, finer than those of 1.x; ``refusal`` is ``None`` for a row that can be loaded.
    """

    row: int
    received: Mapping[str, str | None]
    record: Record
    faults: tuple[Diagnostic, ...]
    hours_text: str | None = None
    legacy_services: tuple[str, ...] = ()
    refusal: Diagnostic | None = None


def check_rows(
    cells: Iterable[Mapping[str, str | None]],
    *,
    legacy: bool = False,
    rows: Iterable[int] | None = None,
) -> list[Checked]:
    """Check, mend and judge the rows of one file.

    Parameters
    ----------
    cells
        One mapping per row, cells by column name.
    legacy
        Whether the file follows version 0.1 (:func:`mednum.is_legacy`).
    rows
        Line numbers in the user's file; 2, 3, 4… by default (1 is the header).
    """
    seen: dict[str, int] = {}
    return [
        _refused_twin(_check_row(row, number, legacy=legacy), seen)
        for number, row in zip(rows or itertools.count(2), cells, strict=False)
    ]


def _check_row(cells: Mapping[str, str | None], row: int, *, legacy: bool) -> Checked:
    record = tidy(cells)
    services: tuple[str, ...] = ()
    unknown: list[Diagnostic] = []
    if legacy:
        services = tuple(_parts(record.get("services") or "", legacy_separator()))
        record, unknown = from_legacy(record, row=row)
    mended = repair(record)
    faults = [_with_outcome(fault, mended) for fault in check_record(record, row=row)]
    checked = Checked(
        row, dict(cells), mended, (*faults, *unknown), record.get("horaires"), services
    )
    return replace(checked, refusal=refusal_of(mended, row))


def _with_outcome(fault: Diagnostic, mended: Record) -> Diagnostic:
    """Say in the remedy what was kept of a faulty value."""
    if fault.value is None or fault.field is None:
        return fault
    kept = mended.get(fault.field)
    if kept == fault.value:
        return fault
    outcome = f"Lu ici : « {kept} »." if kept else "Valeur laissée de côté."
    return replace(fault, remedy=f"{fault.remedy or ''} {outcome}".strip())


def refusal_of(record: Record, row: int | None) -> Diagnostic | None:
    """Return why a mended record cannot be a place: no identifier, no name, or nowhere to be."""
    for name, title in (("id", "identifiant"), ("nom", "nom")):
        if not record.get(name):
            return Diagnostic(
                "mednum-refused", f"lieu sans {title}", row, name, None, f"Renseignez « {name} »."
            )
    placed = record.get("latitude") and record.get("longitude")
    if placed or record.get("code_insee") or record.get("code_postal"):
        return None
    return Diagnostic(
        "mednum-refused",
        "lieu sans position, ni commune, ni code postal",
        row,
        "code_insee",
        None,
        "Renseignez la latitude et la longitude, ou le code INSEE de la commune.",
    )


def _refused_twin(checked: Checked, seen: dict[str, int]) -> Checked:
    identifier = checked.record.get("id")
    if not identifier or checked.refusal:
        return checked
    first = seen.setdefault(identifier, checked.row)
    if first == checked.row:
        return checked
    fault = Diagnostic(
        "mednum-unique",
        f"identifiant déjà employé ligne {first}",
        checked.row,
        "id",
        identifier,
        "Donnez à chaque lieu un identifiant à lui.",
    )
    return replace(checked, faults=(*checked.faults, fault), refusal=fault)


def tidy(cells: Mapping[str, str | None]) -> Record:
    """Return cells as text in NFC, blanks as ``None``."""
    told = {name: "" if value is None else str(value) for name, value in cells.items()}
    texts = {name: without_unseen(text).strip() for name, text in told.items()}
    return {name: text or None for name, text in texts.items()}


# -- version 0.1 → 1.x ----------------------------------------------------------------------------


def from_legacy(record: Record, *, row: int | None = None) -> tuple[Record, list[Diagnostic]]:
    """Return a 0.1 record under the names and values of 1.x, and what found no place there."""
    names = legacy_names()
    renamed = {names.get(name, name): value for name, value in record.items()}
    found: dict[str, list[str]] = {}
    faults: list[Diagnostic] = []
    for name, values in legacy_values().items():
        for part in _parts(renamed.pop(name, None) or "", legacy_separator()):
            target, fault = _legacy_value(name, part, values, row)
            if target:
                found.setdefault(target[0], []).append(target[1])
            faults += [fault] if fault else []
    lists = {name: SEPARATOR.join(dict.fromkeys(parts)) for name, parts in found.items()}
    for name in ("courriels", "site_web", "autres_formations_labels", "typologie"):
        if renamed.get(name):
            lists[name] = SEPARATOR.join(_parts(renamed[name] or "", legacy_separator()))
    known = {name: value for name, value in renamed.items() if name in fields()}
    return known | lists, faults


def _legacy_value(
    name: str, part: str, values: Mapping[str, tuple[str, str] | None], row: int | None
) -> tuple[tuple[str, str] | None, Diagnostic | None]:
    key = bare(part)
    if key in values:
        return values[key], None
    if name in fields() and (modern := value_of(name, part)):
        return (name, modern), None
    remedy = "Valeur laissée de côté : elle n’est pas dans la liste de la version 0.1."
    return None, Diagnostic("mednum-value", "valeur inconnue", row, name, part, remedy)


# -- mending --------------------------------------------------------------------------------------


def repair(record: Record) -> Record:
    """Return what can be kept of a record: surely meant values well written, the rest ``None``.

    ``horaires`` is valid OSM or ``None``: the published text must be kept elsewhere.
    """
    mended: Record = {
        name: _mend(field, record[name]) if record.get(name) else None  # type: ignore[arg-type]
        for name, field in fields().items()
    }
    latitude, longitude = mended["latitude"], mended["longitude"]
    if not latitude or not longitude or position_problem(float(latitude), float(longitude)):
        mended["latitude"] = mended["longitude"] = None
    return mended


def _mend(field: Field, value: str) -> str | None:
    if field.name in _MENDERS:
        return _MENDERS[field.name](value)
    if field.values:
        return _mend_list(field.name, value)
    text = unicodedata.normalize("NFC", value)
    if field.list:
        return SEPARATOR.join(dict.fromkeys(_parts(text, SEPARATOR))) or None
    return text[: field.longest] if field.longest else text


def _parts(value: str, separator: str) -> list[str]:
    return [part.strip() for part in value.split(separator) if part.strip()]


def _mend_list(name: str, value: str) -> str | None:
    parts = _parts(value, SEPARATOR)
    if len(parts) == 1 and value_of(name, parts[0]) is None:
        parts = _parts(value, legacy_separator())
    older = legacy_values().get(name, {})
    found: dict[str, None] = {}
    for part in parts:
        known = value_of(name, part)
        target = older.get(bare(part))
        if known is None and target and target[0] == name:
            known = target[1]
        if known:
            found[known] = None
    return SEPARATOR.join(found) or None


def _mend_pivot(value: str) -> str | None:
    text = re.sub(r"[\s.\u00a0\u202f-]", "", value).upper()
    sound = re.fullmatch(r"\d{14}|W[A-Z0-9]{9}", text)
    return text if sound and text != NO_PIVOT else None


def _mend_postcode(value: str) -> str | None:
    text = re.sub(r"\s", "", value).removesuffix(".0")
    return text.zfill(5) if re.fullmatch(r"\d{4,5}", text) else None


def _mend_commune_code(value: str) -> str | None:
    text = re.sub(r"\s", "", value).upper().removesuffix(".0")
    text = text.zfill(5) if re.fullmatch(r"\d{4}", text) else text
    pattern = fields()["code_insee"].pattern
    return text if pattern and pattern.fullmatch(text) else None


def _mend_phone(value: str) -> str | None:
    first = re.split(r"[|;,]|(?<=\d)\s*/\s*(?=[+0])|\bou\b", value)[0]
    digits = re.sub(r"[^\d+]", "", first.replace("(0)", ""))
    digits = re.sub(r"^00", "+", digits)
    if re.fullmatch(r"0\d{9}", digits):
        return (overseas_phone(digits[:4]) or "+33") + digits[1:]
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return "+33" + digits
    pattern = fields()["telephone"].pattern
    if pattern and pattern.fullmatch(digits):
        return digits
    return digits if re.fullmatch(r"3\d{3}|1[0-9]{2,3}", digits) else None


def _mend_date(value: str) -> str | None:
    if match := FRENCH_DATE.fullmatch(value):
        value = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    return value[:10] if is_date(value[:10]) else None


def _mend_number(value: str) -> str | None:
    text = value.replace(",", ".").replace("\u202f", "").strip()
    return text if NUMBER.fullmatch(text) else None


def _mend_kinds(value: str) -> str | None:
    codes = [typology(part) for part in re.split(r"[|;]", value)]
    return SEPARATOR.join(dict.fromkeys(code for code in codes if code)) or None


def _mend_emails(value: str) -> str | None:
    found = [p for p in re.split(r"[|;,\s]+", value) if EMAIL.fullmatch(p)]
    return SEPARATOR.join(dict.fromkeys(found)) or None


def _mend_links(value: str) -> str | None:
    parts = [
        part if "://" in part else f"https://{part}" for part in re.split(r"[|;\s]+", value) if part
    ]
    return SEPARATOR.join(dict.fromkeys(p for p in parts if URL.fullmatch(p))) or None


def _mend_hours(value: str) -> str | None:
    return value if hours.is_valid(value) else french_hours.from_french(value)


_MENDERS: dict[str, Callable[[str], str | None]] = {
    "pivot": _mend_pivot,
    "code_postal": _mend_postcode,
    "code_insee": _mend_commune_code,
    "telephone": _mend_phone,
    "date_maj": _mend_date,
    "latitude": _mend_number,
    "longitude": _mend_number,
    "typologie": _mend_kinds,
    "courriels": _mend_emails,
    "site_web": _mend_links,
    "prise_rdv": _mend_links,
    "horaires": _mend_hours,
}
