"""The small file that says what the columns and codes of a survey mean on the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.needs.grid import age_span, diploma_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

TO_DO = "à compléter"
REQUIRED = ("nom", "source", "millesime", "indicateur", "age", "diplome", "poids")
OPTIONAL = (
    "filtre", "menage", "exposition", "revenu", "region", "page", "licence", "note", "verifie",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A column whose codes mean yes, no, or are left out."""

    column: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classes:
    """A column of codes, each with its meaning (``None``: left out)."""

    column: str
    meaning: dict[str, str | None]


@dataclass(frozen=True)
class SurveyMapping:
    """How a file is read: see ``docs/utilisateurs/guides/ajuster-une-enquete.md``."""

    name: str
    source: str
    vintage: str
    outcome: tuple[Question, ...]
    label: str
    age: Classes | str
    diploma: Classes
    weight: str
    kept: Classes | None = None
    household: Question | None = None
    exposure: tuple[Question, ...] = ()
    income: Classes | None = None
    region: Classes | str | None = None


def parse_mapping(raw: Any, *, where: str = "correspondance") -> SurveyMapping:
    """Check a mapping read from YAML and return it.

    Raises
    ------
    DataError
        An entry is absent, unknown, or has not the expected form.
    """
    raw = entries_of(raw, where=where)
    missing = [name for name in REQUIRED if raw.get(name) in (None, "", {}, TO_DO)]
    unknown = [str(name) for name in raw if name not in (*REQUIRED, *OPTIONAL)]
    if missing or unknown:
        said = [f"entrée(s) absente(s) : {', '.join(missing)}"] if missing else []
        said += [f"entrée(s) inconnue(s) : {', '.join(unknown)}"] if unknown else []
        raise _refused(where, " ; ".join(said))
    questions = listed(raw["indicateur"])
    household = raw.get("menage")
    return SurveyMapping(
        name=str(raw["nom"]),
        source=str(raw["source"]),
        vintage=str(raw["millesime"]),
        outcome=tuple(_question(q, where, "indicateur") for q in questions),
        label=str(questions[0].get("libelle", questions[0]["colonne"])),
        age=_age(raw["age"], where),
        diploma=_diplomas(raw["diplome"], where),
        weight=column_of(raw["poids"], where, "poids"),
        kept=_kept(raw.get("filtre"), where),
        household=_question(household, where, "menage", ("seul", "autre")) if household else None,
        exposure=tuple(
            _question(q, where, "exposition") for q in listed(raw.get("exposition") or [])
        ),
        income=_classes(raw["revenu"], where, "revenu") if raw.get("revenu") else None,
        region=_region(raw.get("region"), where),
    )


def entries_of(raw: Any, *, where: str) -> dict[str, Any]:
    """Return the entries of a mapping, or refuse what is not one."""
    if not isinstance(raw, dict):
        raise _refused(where, "on attend des entrées « nom: », « age: »…")
    return raw


def _refused(where: str, why: str) -> DataError:
    return DataError(
        f"Le fichier de correspondance « {where} » ne convient pas : {why}.",
        remedy="Voyez le guide « Ajuster une enquête ». Pour obtenir une correspondance à"
        " compléter, avec les codes du fichier : portrea needs fit FICHIER --mapping barometre"
        " --draft M.yaml",
    )


def listed(entry: Any) -> list[Any]:
    """Return a list, of one item when the entry is not a list already."""
    return entry if isinstance(entry, list) else [entry]


def column_of(entry: Any, where: str, name: str) -> str:
    """Return the column that an entry names, or refuse the mapping."""
    column = entry.get("colonne") if isinstance(entry, dict) else entry
    if not isinstance(column, str) or not column:
        raise _refused(where, f"« {name} » doit donner sa « colonne »")
    return column


def _code(value: Any, where: str, name: str) -> str:
    if isinstance(value, bool):
        raise _refused(where, f"« {name} » : écrivez Yes, No, on, off entre guillemets")
    return str(value).strip()


def _codes(entry: Any, where: str, name: str) -> tuple[str, ...]:
    return tuple(_code(value, where, name) for value in listed(entry if entry is not None else []))


def _question(
    entry: Any, where: str, name: str, words: tuple[str, str] = ("oui", "non")
) -> Question:
    column = column_of(entry, where, name)
    entry = entry if isinstance(entry, dict) else {}
    if entry.get(TO_DO):
        raise _refused(where, f"« {name} » : codes « {TO_DO} » à ranger")
    yes, no = (_codes(entry.get(word), where, name) for word in words)
    if not yes or not no:
        raise _refused(where, f"« {name} » : codes « {words[0]} » et « {words[1]} » à donner")
    return Question(column, yes, no, _codes(entry.get("ignorer"), where, name))


def _classes(entry: Any, where: str, name: str) -> Classes:
    column = column_of(entry, where, name)
    codes = entry.get("classes") if isinstance(entry, dict) else None
    if not isinstance(codes, dict) or not codes:
        raise _refused(where, f"« {name} » : « classes » à donner (code: sens)")
    if TO_DO in codes.values():
        raise _refused(where, f"« {name} » : des codes restent « {TO_DO} »")
    meaning = {
        _code(k, where, name): None
        if v is None
        else "+".join(_codes(v, where, name))  # a list of codes is a union
        for k, v in codes.items()
    }
    return Classes(column, meaning)


def _age(entry: Any, where: str) -> Classes | str:
    if isinstance(entry, dict) and "classes" not in entry:
        return column_of(entry, where, "age")
    classes = _classes(entry, where, "age")
    for band in filter(None, classes.meaning.values()):
        _, last = age_span(band)
        if 80 <= last < 200:
            raise _refused(where, f"« age » : la classe « {band} » coupe les 80 ans ou plus")
    return classes


def _diplomas(entry: Any, where: str) -> Classes:
    classes = _classes(entry, where, "diplome")
    known = diploma_cells()
    for value in filter(None, classes.meaning.values()):
        strange = [code for code in value.split("+") if code not in known]
        if strange:
            raise _refused(where, f"« diplome » : « {strange[0]} » n’est pas de {', '.join(known)}")
    return classes


def _kept(entry: Any, where: str) -> Classes | None:
    if not entry:
        return None
    column = column_of(entry, where, "filtre")
    values = _codes(entry.get("garder"), where, "filtre")
    if not values or TO_DO in values:
        raise _refused(where, "« filtre » : codes à « garder » à donner")
    return Classes(column, dict.fromkeys(values, "kept"))


def _region(entry: Any, where: str) -> Classes | str | None:
    if not entry:
        return None
    if isinstance(entry, dict) and "classes" in entry:
        return _classes(entry, where, "region")
    return column_of(entry, where, "region")


def columns_of(mapping: SurveyMapping) -> tuple[str, ...]:
    """Columns of the file that the mapping uses: nothing else needs to be read."""
    parts: Iterable[Any] = (
        *mapping.outcome, mapping.age, mapping.diploma, mapping.weight, mapping.kept,
        mapping.household, *mapping.exposure, mapping.income, mapping.region,
    )  # fmt: skip
    names = [part if isinstance(part, str) else part.column for part in parts if part]
    return tuple(dict.fromkeys(names))
