"""Which sources a portrait draws on: cite those, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from portrea.needs import load_parameters
from portrea.needs.exposure import VARIABLES as EXPOSURE
from portrea.needs.model import VARIABLES
from portrea.steering.document import Source
from portrea.steering.measures import SHOWN
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.sources.datasets import Dataset
    from portrea.steering.subject import Subject

_LEVEL = re.compile(r" \([^)]*\)$")


def sources_of(subject: Subject) -> tuple[Source, ...]:
    """Cite the figures, outlines and lists of places behind one portrait, surveys included."""
    labels, places = _labels(subject), _lists(subject)
    figures = _figures(subject.reader.datasets(), labels)
    cited = (
        *_surveys(labels),
        *(_source(d, _about(d.id, places, figures)) for d in used_datasets(subject)),
    )
    once = {(s.producer, s.title, s.vintage, s.page): s for s in reversed(cited)}
    return tuple(s for s in cited if s in once.values())


def _about(dataset_id: str, places: set[str], figures: set[str]) -> str:
    return "lieux" if dataset_id in places else "besoins" if dataset_id in figures else ""


def used_datasets(subject: Subject) -> tuple[Dataset, ...]:
    """Return the datasets behind one portrait, in the order of their loading.

    Figures: those that the estimates name, with the newest year of each variable. Outlines and
    names: those of its départements. Places: the lists its places come from.
    """
    datasets = subject.reader.datasets()
    kept = {
        *_figures(datasets, _labels(subject)),
        *_geography(subject, datasets),
        *_lists(subject),
    }
    return tuple(dataset for dataset in datasets if dataset.id in kept)


def lists_read(subject: Subject) -> tuple[str, ...]:
    """Name the benefits and job-seekers read, with the newest year: « foyers … du RSA (2023) »."""
    years: dict[str, str] = {}
    for dataset in used_datasets(subject):
        for variable in set(dataset.variables) & set(EXPOSURE):
            years[variable] = max(dataset.provenance.vintage, years.get(variable, ""))
    labels = variables()
    return tuple(f"{labels[name].label}, {years[name]}" for name in EXPOSURE if name in years)


def _labels(subject: Subject) -> set[str]:
    """Words of the ``vintages`` column, of the subject and of its parts, without the level."""
    found = [subject.estimate(m) for m in SHOWN]
    used = [e for e in (*found, *subject.part_estimates.values()) if e is not None and e.available]
    words = {word for e in used for word in e.vintages.split(";")}
    return {_LEVEL.sub("", word.strip()) for word in words if word.strip()}


def _figures(datasets: Sequence[Dataset], labels: set[str]) -> set[str]:
    named: dict[str, list[Dataset]] = {}
    newest: dict[tuple[str, str, tuple[str, ...]], str] = {}
    for dataset in datasets:
        card = dataset.provenance
        label = f"{card.source} {card.vintage}"
        if label not in labels or not _useful(dataset):
            continue
        named.setdefault(label, []).append(dataset)
        for variable in _useful(dataset):
            key = (card.source, variable, dataset.levels)
            newest[key] = max(card.vintage, newest.get(key, ""))
    kept: set[str] = set()
    for members in named.values():
        fresh = [d.id for d in members if _is_newest(d, newest)]
        kept.update(fresh or [d.id for d in members])
    return kept


def _useful(dataset: Dataset) -> set[str]:
    return set(dataset.variables) & set(VARIABLES)


def _is_newest(dataset: Dataset, newest: dict[tuple[str, str, tuple[str, ...]], str]) -> bool:
    card = dataset.provenance
    keys = ((card.source, variable, dataset.levels) for variable in _useful(dataset))
    return any(newest[key] == card.vintage for key in keys)


def _geography(subject: Subject, datasets: Iterable[Dataset]) -> set[str]:
    here = {area.row.get("departement") for area in (*subject.areas, *subject.communes)}
    own = {area.level for area in (*subject.areas, *subject.parts)}
    coverage = subject.reader.snapshot.coverage
    return {
        dataset.id
        for dataset in datasets
        if dataset.id in coverage
        and (set(dataset.levels) - {"qpv"} or "qpv" in own)
        and (not coverage[dataset.id] or here & coverage[dataset.id])
    }


def _lists(subject: Subject) -> set[str]:
    origins = subject.reader.snapshot.lists_of_places
    here = set(subject.places["source"].unique().to_list())
    return {dataset_id for dataset_id, names in origins.items() if names & here}


def _surveys(labels: set[str]) -> tuple[Source, ...]:
    """Cite the surveys whose published rates are used: no file is loaded for them."""
    rates = load_parameters().cards["rates"]
    cards = rates["series"]
    wide = [_difficulty(n, c) for n, c in rates["wide"]["levels"].items() if c["label"] in labels]
    profile = [_difficulty("profile", rates["wide"]["profile"])] if wide else []
    return (*wide, *profile, *_digital(cards, labels))


def _difficulty(name: str, card: dict[str, Any]) -> Source:
    """Cite a survey of declared difficulties (A3): its total, or its profile by age."""
    return Source(
        id=f"difficulty-{name}",
        producer=str(card.get("label", card["source"])).partition(",")[0],
        title=card["source"],
        vintage=card["date"],
        licence="non précisée",
        page=card.get("page"),
        retrieved=None,
        verified=False,
        note=f"Lu dans : {card['seen_at']}",
        about="besoins",
    )


def _digital(cards: dict[str, Any], labels: set[str]) -> tuple[Source, ...]:
    return tuple(
        Source(
            id=name,
            producer="INSEE",
            title=f"Enquête TIC ménages, taux d’illectronisme par âge ({card['source']})",
            vintage=card["vintage"],
            licence="non précisée",
            page=card["page"],
            retrieved=None,
            verified=False,
            note=f"Lu dans : {card['seen_at']}",
            about="besoins",
        )
        for name, card in cards.items()
        if card["label"] in labels
    )


def _source(dataset: Dataset, about: str) -> Source:
    card = dataset.provenance
    return Source(
        id=dataset.id,
        producer=card.producer,
        title=card.title,
        vintage=card.vintage,
        licence=card.licence or "non précisée",
        page=card.page,
        retrieved=card.retrieved,
        verified=card.verified,
        note=card.note or "",
        about=about,
    )
