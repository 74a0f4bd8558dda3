"""Road networks of the house: added from an extract, kept beside the store, found by name.

Layout::

    $PORTREA_HOME/networks/<id>/
        card.json           name, extract, date of the data, extent, modes
        <mode>/*.npy        arrays of the graph
        osrm/<mode>/        files of OSRM, where it was asked for

A folder is written beside its final place, then renamed: a failure leaves what was there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import DataError, ParameterError, StoreError
from portrea.base.progress import silent
from portrea.reach.network.coverage import coverage
from portrea.reach.network.graph import Graph, build_graph
from portrea.reach.network.rules import mode_rules, network_parameters
from portrea.reach.network.times import Network, snapped
from portrea.reach.travel import default_travel
from portrea.sources.osm import CREDIT, LICENCE, read_roads
from portrea.sources.osrm import OsrmTable, osrm_missing, prepare_osrm
from portrea.sources.store import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.base.progress import Progress
    from portrea.sources.store import Store
    from portrea.vocab.roads import Roads

MODES = ("car", "walk", "bicycle")
FORMAT = 1
CARD = "card.json"
DIGITS = 12


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """What is known of a network.

    ``vintage`` is the date of the data written in the extract; ``bounds`` are west, south, east,
    north; ``communes`` counts the communes of the store that it passed near when it was added.
    """

    id: str
    name: str
    file: str
    sha256: str
    vintage: str | None
    bounds: tuple[float, float, float, float]
    ways: int
    modes: tuple[str, ...]
    osrm: tuple[str, ...]
    communes: int | None
    credit: str = CREDIT
    licence: str = LICENCE
    format: int = FORMAT


def add_network(
    store: Store,
    extract: Path,
    *,
    name: str = "",
    modes: Sequence[str] = MODES,
    osrm: bool = False,
    anywhere: bool = False,
    progress: Progress = silent,
) -> NetworkCard:
    """Read an OpenStreetMap extract and keep its roads, ready for use.

    Parameters
    ----------
    store
        The house: networks are kept beside its store.
    extract
        ``.osm.pbf`` (or ``.osm``).
    name
        What to call it; the file's name by default. A network of the same name is replaced.
    modes
        Modes to prepare.
    osrm
        Prepare OSRM too (an extra).
    anywhere
        Accept an extract that passes near no commune of the store.
    progress
        Told the step.

    Raises
    ------
    DataError
        The file is damaged, holds no road, or is of another country.
    ParameterError
        A mode does not exist, or OSRM is not installed.
    """
    for mode in modes:
        mode_rules(mode)
    if osrm and (missing := osrm_missing()):
        raise ParameterError(missing, remedy="Recommencez sans --osrm.")
    progress(0.0, "lecture de l’extrait")
    roads = read_roads(extract, progress=progress)
    graphs = {}
    for rank, mode in enumerate(modes):
        progress(0.4 + 0.3 * rank / len(modes), f"réseau {mode_rules(mode)['label']}")
        graphs[mode] = build_graph(roads, mode)
    card = _card(extract, roads, name or _short(extract), modes=tuple(modes))
    card = replace(
        card,
        osrm=tuple(modes) if osrm else (),
        communes=_communes(store, graphs[modes[0]], extract, card, anywhere=anywhere),
    )
    _write(store, card, graphs, extract, progress)
    return card


def networks(store: Store) -> list[NetworkCard]:
    """Return the networks of the house, by name."""
    paths = sorted(_root(store).glob(f"[!.]*/{CARD}"))
    found = [_read_card(path) for path in paths]
    return sorted(found, key=lambda card: card.name)


def find_network(store: Store, name: str = "") -> Network:
    """Return a network by name or identifier; the only one when no name is given.

    Its graphs and its OSRM files are loaded when first used.
    """
    card = _find(store, name)
    folder = _root(store) / card.id
    tables = {mode: OsrmTable(folder / "osrm" / mode) for mode in card.osrm}
    return Network(card.id, card.name, _Graphs(folder, card.modes), tables)


def left_out(
    network: Network, origins: pl.DataFrame, places: pl.DataFrame, *, profile: str = "car"
) -> tuple[str, ...]:
    """Say in French which points the roads cannot serve: the sea, an island, another region.

    Parameters
    ----------
    network
        Roads of an extract.
    origins
        Points of departure of the territory asked for.
    places
        Places that help; those beyond the extent of the roads are not spoken of.
    profile
        Code of ``profiles.yaml``: its roads are those of its first mode on them.
    """
    modes = (way.mode for way in default_travel().profile(profile).ways)
    mode = next((mode for mode in modes if mode in network.graphs), None)
    if mode is None:
        return ()
    graph = network.graph(mode)
    west, south, east, north = graph.bounds
    inside = pl.col("longitude").is_between(west, east) & pl.col("latitude").is_between(
        south, north
    )
    return coverage(graph, origins, places.filter(inside)).sentences()


def remove_network(store: Store, name: str) -> NetworkCard:
    """Delete a network by name or identifier."""
    card = _find(store, name)
    shutil.rmtree(_root(store) / card.id)
    return card


class _Graphs(Mapping[str, Graph]):
    """Graphs of a folder, each read when first asked for."""

    def __init__(self, folder: Path, modes: Sequence[str]) -> None:
        self._folder, self._modes = folder, tuple(modes)
        self._read: dict[str, Graph] = {}

    def __getitem__(self, mode: str) -> Graph:
        if mode not in self._modes:
            raise KeyError(mode)
        if mode not in self._read:
            self._read[mode] = _read_graph(self._folder / mode, mode)
        return self._read[mode]

    def __contains__(self, mode: object) -> bool:
        return mode in self._modes

    def __iter__(self) -> Iterator[str]:
        return iter(self._modes)

    def __len__(self) -> int:
        return len(self._modes)


def _read_graph(folder: Path, mode: str) -> Graph:
    try:
        files = sorted(folder.glob("*.npy"))
        return Graph.of_arrays(mode, {path.stem: np.load(path) for path in files})
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(folder, str(error)) from error


def _write_graph(folder: Path, graph: Graph) -> None:
    folder.mkdir()
    for name, array in graph.arrays().items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def _root(store: Store) -> Path:
    return store.home / "networks"


def _find(store: Store, name: str) -> NetworkCard:
    known = networks(store)
    chosen = [card for card in known if name in {card.name, card.id}] if name else known
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(card.name for card in known)
    if not known:
        raise StoreError(
            "Aucun réseau routier n’est chargé.",
            remedy="Ajoutez l’extrait OpenStreetMap de votre région : « portrea reach network add "
            "FICHIER.osm.pbf ».",
        )
    if not name:
        raise ParameterError(
            f"Plusieurs réseaux sont chargés : {listed}.", remedy="Dites lequel, par son nom."
        )
    raise ParameterError(
        f"Aucun réseau ne s’appelle « {name} ».", remedy=f"Réseaux chargés : {listed}."
    )


def _card(extract: Path, roads: Roads, name: str, *, modes: tuple[str, ...]) -> NetworkCard:
    digest = file_sha256(extract)
    rules = json.dumps(network_parameters(), sort_keys=True, default=str)
    identity = hashlib.sha256(f"{digest}|{rules}|{FORMAT}".encode()).hexdigest()[:DIGITS]
    return NetworkCard(
        id=identity,
        name=name,
        file=extract.name,
        sha256=digest,
        vintage=roads.vintage,
        bounds=roads.bounds,
        ways=roads.ways.height,
        modes=modes,
        osrm=(),
        communes=None,
    )


def _short(extract: Path) -> str:
    return extract.name.split(".", maxsplit=1)[0].removesuffix("-latest")


def _communes(
    store: Store, graph: Graph, extract: Path, card: NetworkCard, *, anywhere: bool
) -> int | None:
    """Count the communes of the store near the roads; refuse an extract of another country."""
    territories = store.gather("territories")
    points = territories.filter(pl.col("level") == "commune").drop_nulls(["longitude", "latitude"])
    if points.is_empty():
        return None
    count = int(snapped(graph, points).on_road.sum())
    if count or anywhere:
        return count
    west, south, east, north = (f"{value:.2f}".replace(".", ",") for value in card.bounds)
    raise DataError(
        f"« {extract.name} » ne passe près d’aucune des {points.height} communes chargées : ses "
        f"routes vont de {west}° à {east}° de longitude et de {south}° à {north}° de latitude. "
        "Est-ce l’extrait d’un autre pays ? Rien n’a été ajouté.",
        remedy="Choisissez l’extrait de votre région, ou forcez avec --anywhere.",
    )


def _write(
    store: Store,
    card: NetworkCard,
    graphs: Mapping[str, Graph],
    extract: Path,
    progress: Progress,
) -> None:
    root = _root(store)
    root.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=root))
    try:
        for mode, graph in graphs.items():
            _write_graph(draft / mode, graph)
        for rank, mode in enumerate(card.osrm):
            progress(0.7 + 0.3 * rank / len(card.osrm), f"OSRM {mode_rules(mode)['label']}")
            prepare_osrm(extract, draft / "osrm" / mode, mode_rules(mode)["osrm"])
        text = json.dumps(asdict(card), ensure_ascii=False, indent=1)
        (draft / CARD).write_text(text, "utf-8")
        draft.chmod(0o755)
        _put(root, draft, card, [c.id for c in networks(store) if c.name == card.name])
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _put(root: Path, draft: Path, card: NetworkCard, former: Sequence[str]) -> None:
    """Put a network in its place, then delete those that it replaces."""
    target, aside = root / card.id, root / f".former-{card.id}"
    if target.exists():
        target.rename(aside)
    draft.rename(target)
    for folder in {aside, *(root / name for name in former)} - {target}:
        shutil.rmtree(folder, ignore_errors=True)


def _read_card(path: Path) -> NetworkCard:
    try:
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
        lists = {key: tuple(raw[key]) for key in ("bounds", "modes", "osrm")}
        return NetworkCard(**(raw | lists))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        "Le réseau routier est abîmé.",
        inside=f"{path} : {why}",
        remedy="Supprimez son dossier, puis ajoutez de nouveau l’extrait avec « portrea reach "
        "network add FICHIER.osm.pbf ».",
    )
