"""Find territories: by code, by name, by place, upwards and downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import TerritoryError
from portrea.territory.codes import ARRONDISSEMENTS, Level
from portrea.territory.completion import complete_territories
from portrea.territory.naming import normalise, title, typographic
from portrea.territory.search import NameIndex
from portrea.territory.vintage import last_change, to_today

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Gazetteer", "Selection", "Territory", "complete_territories"]

_ALIASES = {
    "dep": Level.DEPARTEMENT,
    "dept": Level.DEPARTEMENT,
    "reg": Level.REGION,
    "com": Level.COMMUNE,
    "interco": Level.EPCI,
}
_UPWARDS = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION)
_MADE_OF_COMMUNES = (Level.EPCI, Level.DEPARTEMENT, Level.REGION)
_HOW_TO_WRITE = (
    "Un territoire s’écrit « iris:352380101 », « commune:35188 », « epci:243500618 », "
    "« departement:35 », « region:53 », « france », ou plusieurs séparés par des virgules."
)


@dataclass(frozen=True, slots=True)
class Territory:
    """One territory of today, with the codes of those that contain it."""

    level: Level
    code: str
    name: str
    commune: str | None = None
    epci: str | None = None
    departement: str | None = None
    region: str | None = None
    title: str = field(default="", compare=False)
    """French label that stands alone: « CC de Saint-Méen Montauban », « commune du Mans (72) »."""

    @property
    def key(self) -> str:
        """How the territory is written: ``epci:243500618``."""
        return f"{self.level.value}:{self.code}"

    def parent_code(self, level: Level) -> str | None:
        """Return the code of the containing territory of a level (its own at its level)."""
        if level is Level.FRANCE:
            return "FR"
        code: str | None = getattr(self, level.value) if level in _UPWARDS else None
        return self.code if level is self.level else code


@dataclass(frozen=True, slots=True)
class Selection:
    """One or several territories asked for together.

    ``notes`` are French sentences the reader must see (a former code led to today's commune).
    """

    label: str
    territories: tuple[Territory, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether the selection is one territory."""
        return len(self.territories) == 1

    @property
    def key(self) -> str:
        """How the selection is written, joined by commas."""
        return ",".join(territory.key for territory in self.territories)


class Gazetteer:
    """All territories of a completed table; holds no file, safe to share between threads.

    Parameters
    ----------
    territories
        Result of :func:`complete_territories` (or a table of the same schema).
    """

    def __init__(self, territories: pl.DataFrame) -> None:
        self.table = territories
        keys = zip(territories["level"].to_list(), territories["code"].to_list(), strict=True)
        self._row = {key: row for row, key in enumerate(keys)}

    # -- by code ----------------------------------------------------------------------------------

    def get(self, level: Level | str, code: str) -> Territory:
        """Return a territory by level and code; raise :class:`TerritoryError` with suggestions."""
        level = Level(level)
        row = self._row.get((level.value, code))
        if row is None:
            raise self._unknown(f"{level.value}:{code}", self._near(level, code))
        return self._territory(row)

    def row(self, territory: Territory) -> dict[str, Any]:
        """Return all the columns of a territory, without scanning the table."""
        return self.table.row(self._row[territory.level.value, territory.code], named=True)

    def __contains__(self, key: tuple[str, str]) -> bool:
        """Tell whether ``(level, code)`` is a territory."""
        return (str(key[0]), key[1]) in self._row

    def resolve(self, text: str) -> Selection:
        """Read what a person typed: ``epci:243500618``, ``35188``, ``france``, or a comma list.

        Raises
        ------
        TerritoryError
            Unknown, ambiguous or empty territory; the message suggests what was perhaps meant.
        """
        found: dict[str, Territory] = {}
        notes: list[str] = []
        for part in text.split(","):
            territory, note = self._resolve_one(part.strip())
            found[territory.key] = territory
            notes += [note] if note else []
        territories = tuple(found.values())
        label = ", ".join(territory.title for territory in territories)
        return Selection(label, territories, tuple(notes))

    # -- up and down ------------------------------------------------------------------------------

    def children(self, territory: Territory, level: Level | str) -> list[Territory]:
        """Return the territories of ``level`` inside ``territory``, by code.

        An epci across two departements is among the children of both.
        """
        level = Level(level)
        by_commune = level in _MADE_OF_COMMUNES
        codes = (
            self._codes_inside(territory, Level.COMMUNE, level.value)
            if by_commune
            else self._codes_inside(territory, level)
        )
        rows = (self._row.get((level.value, code)) for code in codes)
        return [self._territory(row) for row in rows if row is not None]

    def parents(self, territory: Territory) -> list[Territory]:
        """Return the territories that contain it, smallest first, France last."""
        chain: list[Territory] = []
        for level in (*_UPWARDS, Level.FRANCE):
            code = territory.parent_code(level)
            row = self._row.get((level.value, code)) if code else None
            if row is not None and level is not territory.level:
                chain.append(self._territory(row))
        return chain

    def iris_of(self, selection: Selection | Territory) -> pl.Series:
        """Return the codes of the IRIS of a selection, each once, sorted.

        Raises :class:`TerritoryError` when it has none (an epci without commune, or a commune
        whose IRIS no loaded dataset gives).
        """
        members = selection.territories if isinstance(selection, Selection) else (selection,)
        found = {code for member in members for code in self._codes_inside(member, Level.IRIS)}
        codes = pl.Series("iris", sorted(found), dtype=pl.String)
        if codes.is_empty():
            names = ", ".join(member.title for member in members)
            raise TerritoryError(
                f"Aucun IRIS connu pour : {names}.",
                remedy="Chargez un fichier qui donne ses IRIS avec « portrea data add FICHIER ».",
            )
        return codes

    def nearest(
        self, longitude: float, latitude: float, level: Level | str = Level.COMMUNE
    ) -> Territory:
        """Return the territory whose reference point is nearest (great circle)."""
        level = Level(level)
        rows, points = self._points(level)
        if not rows.size:
            raise TerritoryError(f"Aucun point connu pour le niveau « {level.label} ».")
        return self._territory(int(rows[np.argmax(points @ _unit_vectors(longitude, latitude))]))

    # -- by name ----------------------------------------------------------------------------------

    def search(
        self, text: str, *, limit: int = 10, levels: Sequence[Level | str] | None = None
    ) -> list[Territory]:
        """Return territories whose name or code begins like ``text``, larger first.

        Accents, case, hyphens and « st » for « saint » do not matter; a misspelt name is looked
        for only when nothing begins like it.
        """
        wanted = {Level(level) for level in levels} if levels is not None else None
        rows = self._names.search(text, limit=limit, levels=wanted)
        return [self._territory(row) for row in rows]

    # -- inside -----------------------------------------------------------------------------------

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self.table)

    @cached_property
    def _columns(self) -> tuple[list[str | None], ...]:
        names = ("level", "code", "name", "commune", "epci", "departement", "region")
        return tuple(self.table[name].to_list() for name in names)

    @cached_property
    def _levels(self) -> np.ndarray:
        return np.array(self._columns[0], dtype=object)

    @cached_property
    def _members(self) -> dict[str, dict[str, list[int]]]:
        return {}

    @cached_property
    def _point_cache(self) -> dict[Level, tuple[np.ndarray, np.ndarray]]:
        return {}

    def _points(self, level: Level) -> tuple[np.ndarray, np.ndarray]:
        if level not in self._point_cache:
            frame = self.table.with_row_index("row").filter(
                (pl.col("level") == level)
                & pl.col("longitude").is_not_null()
                & pl.col("latitude").is_not_null()
            )
            vectors = _unit_vectors(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
            self._point_cache[level] = (frame["row"].to_numpy(), vectors.T)
        return self._point_cache[level]

    def _territory(self, row: int) -> Territory:
        level, code, name, commune, epci, departement, region = (c[row] for c in self._columns)
        kind = Level(str(level))
        owner = self._row.get((Level.COMMUNE.value, commune or ""))
        owner_name = str(self._columns[2][owner]) if owner is not None else str(name)
        label = title(kind, str(code), str(name), commune=commune, commune_name=owner_name)
        return Territory(
            kind, str(code), typographic(str(name)), commune, epci, departement, region, label
        )

    def _inside(self, territory: Territory) -> np.ndarray:
        """Rows of what lies in a territory, itself included."""
        if territory.level is Level.FRANCE:
            return np.arange(self.table.height)
        if territory.level not in _UPWARDS:
            return np.array([self._row[territory.level.value, territory.code]])
        column = territory.level.value
        if column not in self._members:
            grouped = self.table.with_row_index("row").group_by(column).agg("row")
            self._members[column] = dict(grouped.iter_rows())
        return np.array(self._members[column].get(territory.code, []), dtype=np.int64)

    def _codes_inside(self, territory: Territory, level: Level, column: str = "code") -> list[str]:
        """Values of a column in the rows of a level inside a territory, sorted, each once."""
        rows = self._inside(territory)
        rows = rows[self._levels[rows] == level.value]
        return self.table[column].gather(rows).drop_nulls().unique().sort().to_list()

    def _resolve_one(self, text: str) -> tuple[Territory, str]:
        if not text:
            raise TerritoryError("Le territoire demandé est vide.", remedy=_HOW_TO_WRITE)
        word, colon, code = (part.strip() for part in text.partition(":"))
        if not colon:
            return self._resolve_bare(word)
        level = _level(word)
        code = code.upper()
        if level is Level.COMMUNE:
            return self._commune_of_any_vintage(code)
        return self._not_empty(self.get(level, code)), ""

    def _resolve_bare(self, text: str) -> tuple[Territory, str]:
        code = "FR" if normalise(text) == "france" else text.upper()
        rows = [self._row[level.value, code] for level in Level if (level.value, code) in self._row]
        if len(rows) > 1:
            choices = [self._territory(row) for row in rows]
            raise TerritoryError(
                f"« {text} » est ambigu : {_list(choices)}.",
                remedy="Écrivez le niveau devant le code.",
            )
        if rows:
            return self._not_empty(self._territory(rows[0])), ""
        if code in ARRONDISSEMENTS or code in to_today():
            return self._commune_of_any_vintage(code)
        raise self._unknown(text, self._guess(text))

    def _commune_of_any_vintage(self, code: str) -> tuple[Territory, str]:
        if (Level.COMMUNE.value, code) in self._row:
            return self.get(Level.COMMUNE, code), ""
        if code in ARRONDISSEMENTS:
            commune = self.get(Level.COMMUNE, ARRONDISSEMENTS[code])
            return commune, f"{code} est un arrondissement : voici la {commune.title}."
        change = last_change(code)
        if change is None:
            return self.get(Level.COMMUNE, code), ""  # raises, with suggestions
        commune = self.get(Level.COMMUNE, to_today()[code])
        when = f"entre les millésimes {change.last_seen} et {change.first_seen}"
        former = typographic(change.name_before)
        verb = "a changé de code" if change.kind == "renumbering" else "a rejoint une autre commune"
        return commune, f"{code} ({former}) {verb} {when} : voici la {commune.title}."

    def _not_empty(self, territory: Territory) -> Territory:
        above = territory.level in _MADE_OF_COMMUNES
        if above and not (self._levels[self._inside(territory)] == Level.COMMUNE.value).any():
            raise TerritoryError(
                f"Le territoire {territory.key} ({territory.name}) ne contient aucune commune "
                "dans les données chargées.",
                remedy="Chargez la liste des communes avec « portrea data add FICHIER ».",
            )
        return territory

    def _near(self, level: Level, code: str) -> list[Territory]:
        padded = f"0{code}" if (level.value, f"0{code}") in self._row else ""
        same = [known for kind, known in self._row if kind == level.value]
        near = [padded] if padded else self._names.near_codes(code, same)
        return [self._territory(self._row[level.value, known]) for known in near]

    def _guess(self, text: str) -> list[Territory]:
        by_name = self.search(text, limit=5)
        if by_name or not text.isalnum():
            return by_name
        return [near for level in Level for near in self._near(level, text.upper())][:5]

    def _unknown(self, text: str, suggestions: Iterable[Territory]) -> TerritoryError:
        found = list(suggestions)
        perhaps = f"Vouliez-vous dire : {_list(found)} ? " if found else ""
        code = text.rpartition(":")[2]
        if any(len(code) + 1 == size and code.isdigit() for size in (2, 5, 9)):
            perhaps += f"Un zéro initial manque peut-être : « 0{code} ». "
        error = TerritoryError(f"Territoire inconnu : « {text} ».", remedy=perhaps + _HOW_TO_WRITE)
        error.candidates = tuple(found)
        return error


def _level(word: str) -> Level:
    name = normalise(word).replace(" ", "")
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        return Level(name)
    except ValueError:
        known = ", ".join(level.value for level in Level)
        raise TerritoryError(
            f"Niveau géographique inconnu : « {word} ». Niveaux connus : {known}.",
            remedy=_HOW_TO_WRITE,
        ) from None


def _list(territories: Iterable[Territory]) -> str:
    return ", ".join(f"{territory.key} ({territory.title})" for territory in territories)


def _unit_vectors(longitude: float | np.ndarray, latitude: float | np.ndarray) -> np.ndarray:
    east, north = np.radians(longitude), np.radians(latitude)
    return np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
