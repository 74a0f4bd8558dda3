"""Recompute a result from its card alone, and say exactly what differs."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrea import __version__
from portrea.base.errors import DataError, StoreError
from portrea.base.progress import silent
from portrea.needs import load_parameters
from portrea.sources.datasets import Dataset, identity_of
from portrea.sources.store import Store, file_sha256
from portrea.steering.code import code_digest
from portrea.steering.computation import compute_tables, gather_inputs
from portrea.steering.settings import LIBRARIES, Settings, from_table, library_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from portrea.base.progress import Progress
    from portrea.needs.fitted import FittedRates

NEEDED = ("datasets", "parameters", "series", "draws", "seed", "files")
MOST_NAMED = 8


@dataclass(frozen=True)
class Reproduction:
    """What was compared: digests by table, and the differences in French sentences.

    ``causes`` are the differences of data, code, libraries or values; ``results`` those of tables.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether every table was made again, byte for byte."""
        return bool(self.tables) and not self.results


def read_card(path: Path) -> dict[str, Any]:
    """Read the card of a computation (``card.json`` of its folder).

    Raises
    ------
    DataError
        The file is absent, is not JSON, or misses what a reproduction needs.
    """
    try:
        card = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"Fiche introuvable : {path}.", remedy="Vérifiez le chemin.") from error
    except (OSError, ValueError) as error:
        raise DataError(
            f"Le fichier {path.name} n’est pas une fiche de calcul : il n’est pas lisible.",
            remedy="Donnez le fichier card.json du dossier d’un calcul.",
        ) from error
    missing = [name for name in NEEDED if not isinstance(card, dict) or name not in card]
    if missing:
        raise DataError(
            f"La fiche {path.name} ne suffit pas à refaire le calcul : il y manque"
            f" {', '.join(missing)}.",
            remedy="Les fiches des calculs faits avec cette version de Portrea suffisent.",
        )
    return dict(card)


def reproduce(
    store: Store,
    card: Mapping[str, Any],
    *,
    fitted: FittedRates | None = None,
    progress: Progress = silent,
) -> Reproduction:
    """Compute again what a card describes, from the same store; publish and write nothing.

    The datasets named on the card are read, even when newer ones have replaced them, as long as
    their files are still in the store. Without them, nothing is computed: the causes say which.

    Parameters
    ----------
    fitted
        Rates fitted on a survey, when the card names some that the store no longer holds.
    """
    causes = _code_causes(card) + _value_causes(card)
    found, absent = _datasets(store, card)
    causes += absent
    if absent:
        return Reproduction(causes=tuple(causes))
    rates = _rates(store, card, fitted)
    pinned = _Pinned(store.home, found)
    progress(0.1, "lecture des données de la fiche")
    settings = Settings.from_card(card, rates)
    tables = compute_tables(pinned, gather_inputs(pinned), settings, progress=progress)
    digests = table_digests(tables)
    progress(1.0, "calcul refait")
    return Reproduction(digests, tuple(causes), tuple(_results(store, card, tables, digests)))


class _Pinned(Store):
    """A store that shows the datasets of a card, whatever is in force today."""

    def __init__(self, home: Path, datasets: Sequence[Dataset]) -> None:
        super().__init__(home)
        self._pinned = list(datasets)

    def datasets(self) -> list[Dataset]:
        """Return the datasets of the card."""
        return self._pinned


def table_digests(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Return the SHA-256 of each table written as the store writes it."""
    digests = {}
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        for name, frame in tables.items():
            path = Path(folder) / f"{name}.parquet"
            frame.write_parquet(path, compression="zstd", statistics=True)
            digests[name] = file_sha256(path)
    return digests


# -- causes ----------------------------------------------------------------------------------------


def _code_causes(card: Mapping[str, Any]) -> list[str]:
    """Tell another version of Portrea, of its code or of a library."""
    causes = []
    if card.get("version") != __version__:
        causes.append(f"version de Portrea : {card.get('version')} sur la fiche, {__version__} ici")
    if card.get("code") != code_digest():
        causes.append(f"code : empreinte {card.get('code')} sur la fiche, {code_digest()} ici")
    told, here = card.get("libraries") or {}, library_versions()
    causes += [
        f"bibliothèque {name} : {told.get(name, 'non dite')} sur la fiche, {here[name]} ici"
        for name in LIBRARIES
        if told.get(name) != here[name]
    ]
    return causes


def _value_causes(card: Mapping[str, Any]) -> list[str]:
    """Tell the parameters that the card has and this version has not, and changed facts."""
    told: dict[str, Any] = card["parameters"].get("values") or {}
    here = load_parameters().values()
    causes = [f"paramètre inconnu de cette version : {name}" for name in sorted(told.keys() - here)]
    causes += [
        f"paramètre absent de la fiche : {name} = {here[name]}"
        for name in sorted(here.keys() - told)
    ]
    chosen = Settings.from_card(card).parameters
    if chosen.digest != card["parameters"].get("needs") and not causes:
        causes.append(
            f"faits publiés livrés avec Portrea : empreinte {card['parameters'].get('needs')} sur"
            f" la fiche, {chosen.digest} ici"
        )
    return causes


def _datasets(store: Store, card: Mapping[str, Any]) -> tuple[list[Dataset], list[str]]:
    """Return the card's datasets still in the store, and what is wrong with the others."""
    titles = {entry["id"]: entry for entry in card.get("sources", [])}
    in_force = {identity_of(dataset): dataset for dataset in store.datasets()}
    found, faults = [], []
    for name in card["datasets"]:
        dataset = store.kept(name)
        if dataset is None:
            faults.append(_missing(name, titles.get(name, {}), in_force))
            continue
        found.append(dataset)
        faults += [f"jeu de données {name} : {fault}" for fault in store.faults(dataset)]
    return found, faults


def _missing(name: str, entry: Mapping[str, Any], in_force: Mapping[str, Dataset]) -> str:
    words = f"jeu de données absent : {name}"
    if entry:
        words += f" ({entry['title']}, {entry['vintage']}"
        words += f", fichier {entry['file_name']}" if entry.get("file_name") else ""
        words += f", SHA-256 {entry['sha256']})" if entry.get("sha256") else ")"
    other = in_force.get(name.rsplit(".", 1)[0])
    return words + (f" ; le magasin en a une autre version : {other.id}" if other else "")


def _rates(store: Store, card: Mapping[str, Any], given: FittedRates | None) -> FittedRates | None:
    """Return the fitted rates that the card names: those given, or those kept in the store."""
    told = card.get("fitted")
    if not told:
        return None
    kept = (c for c in store.computations() if (c.card.get("fitted") or {}) == told)
    for rates in [given] if given else (from_table(c.table("fitted")) for c in kept):
        if rates.digest == told["digest"]:
            return rates
    raise StoreError(
        f"La fiche nomme des taux ajustés « {told['name']} » (empreinte {told['digest']}) que le"
        " magasin n’a plus.",
        remedy="Donnez leur fichier avec --rates taux.json.",
    )


# -- results ---------------------------------------------------------------------------------------


def _results(
    store: Store,
    card: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    digests: Mapping[str, str],
) -> list[str]:
    """Compare the tables made with the digests on the card; look inside when they are at hand."""
    told: Mapping[str, str] = card["files"]
    differences = [
        f"table {name} : pas faite par cette version" for name in told if name not in digests
    ]
    for name, digest in digests.items():
        if name not in told:
            differences.append(f"table {name} : n’est pas sur la fiche")
        elif told[name] != digest:
            kept = _table_with(store, name, told[name])
            inside = "" if kept is None else f" ; {_first_difference(kept, tables[name])}"
            both = f"{told[name][:12]} sur la fiche, {digest[:12]} ici"
            differences.append(f"table {name} : empreinte {both}{inside}")
    return differences


def _table_with(store: Store, name: str, digest: str) -> pl.DataFrame | None:
    """Return the table that has this digest, when a computation of the store still holds it."""
    holders = (c for c in store.computations() if c.card.get("files", {}).get(name) == digest)
    found = next(holders, None)
    return None if found is None else found.table(name)


def _first_difference(before: pl.DataFrame, after: pl.DataFrame) -> str:
    """Say in words how two tables differ: columns, rows, or how many values in which columns."""
    if before.columns != after.columns:
        strange = sorted(set(before.columns) ^ set(after.columns))
        return f"colonnes différentes : {', '.join(strange[:MOST_NAMED])}"
    if before.height != after.height:
        return f"{before.height} lignes sur la fiche, {after.height} ici"
    counts = {name: int((~before[name].eq_missing(after[name])).sum()) for name in before.columns}
    told = [f"{name} ({count})" for name, count in counts.items() if count]
    return f"valeurs différentes : {', '.join(told[:MOST_NAMED]) or 'aucune, autre écriture'}"
