"""Other parameters tried by a reader: what the form holds, and one bounded computation at a time.

Public use: the state is in the address, nothing is stored but the cache; a trial is refused above a
département, draws 200 times, and only one runs at a time per server (a second one is answered 503
and asked to come back): many readers cannot exhaust the machine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.conf import settings
from django.core.cache import cache

from portrea.base.errors import ParameterError, PortreaError
from portrea.needs import load_parameters
from portrea.needs.editing import plain
from portrea.needs.estimation import WITH_B
from portrea.steering import publication
from portrea.steering import scenario_tables as tables
from portrea.steering.computation import Inputs, gather_inputs, settings_of
from portrea.steering.display import parameters
from portrea.steering.scenarios import Comparison, Trial, compare, sensitivity
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.needs import Parameters
    from portrea.steering.document import Figure, Table
    from portrea.steering.settings import Settings
    from portrea.territory import Selection

LOCK = "essai-en-cours"
LOCKED_SECONDS = 60
"""A crash frees the lock by itself after that."""
DRAWS = 200
SERIES = "rates.default"


class BusyError(PortreaError):
    """Another reader's trial is running."""


@dataclass(frozen=True, slots=True)
class Field:
    """A number of the form: name in the address, words, text typed, and why it is refused."""

    name: str
    label: str
    text: str
    published: str
    domain: str
    source: str
    hypothese: bool
    fault: str = ""

    @property
    def changed(self) -> bool:
        """Whether the reader typed another value than the published one."""
        return self.text != self.published

    @property
    def id(self) -> str:
        """Identifier in the page."""
        return self.name.replace(".", "-").replace("+", "p")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that go together."""

    title: str
    help: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: the changes accepted, or the faults by field."""

    settings: Settings | None
    changes: dict[str, Any]
    faults: dict[str, str]

    @property
    def others(self) -> list[str]:
        """Faults of parameters that the form does not show."""
        shown = {name for card in parameters("scenarios")["form"] for name in card["parameters"]}
        shown.add(SERIES)
        return [f"{name} : {why}" for name, why in self.faults.items() if name not in shown]


@dataclass(frozen=True, slots=True)
class Result:
    """A trial composed for the page."""

    totals: Table
    areas: Table
    figure: Figure | None
    sensitivity: Table | None


def published_settings() -> Settings:
    """Return the settings of the computation in force, without its benchmark, with 200 draws."""
    current = settings_of(reader().computation)
    return replace(current, benchmark=None, draws=min(current.draws, DRAWS))


def read(query: Mapping[str, str]) -> Asked:
    """Read the parameters of an address: names with a dot, empty values left out."""
    usual = published_settings()
    typed = {
        name: _number(text.strip()) for name, text in query.items() if "." in name and text.strip()
    }
    try:
        changed = load_parameters(
            overrides={**usual.parameters.overrides, **_series(usual), **typed}
        )
    except ParameterError as error:
        return Asked(None, {}, {fault.field or "": fault.message for fault in error.diagnostics})
    changes = dict(changed.overrides)
    if changed.series != load_parameters().series:
        changes = {SERIES: changed.series, **changes}
    return Asked(replace(usual, parameters=changed), changes, {})


def _series(usual: Settings) -> dict[str, str]:
    return {SERIES: usual.parameters.series}


def _number(text: str) -> Any:
    """Return the number typed, with a decimal comma or point; the text itself otherwise."""
    try:
        return float(text.replace("\u202f", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return text


def is_changed(asked: Asked) -> bool:
    """Whether the address asks for anything else than the computation in force."""
    return asked.settings is not None and (
        asked.settings.parameters.digest != published_settings().parameters.digest
    )


def groups(query: Mapping[str, str], asked: Asked) -> list[Group]:
    """Return the fields of the form, filled with what was typed or the published values."""
    usual = published_settings().parameters
    known = {item.path: item for item in usual.editable()}
    made = []
    for card in parameters("scenarios")["form"]:
        fields = []
        for name in card["parameters"]:
            item = known[name]
            now = "" if item.value is None else _comma(item.value)
            text = query.get(name, "").strip() or now
            fields.append(
                Field(
                    name=name,
                    label=_short(item.label),
                    text=text,
                    published=now,
                    domain=_begun(item.domain).replace(" -", " −"),
                    source=item.source if "." in item.source.split()[0] else _begun(item.source),
                    hypothese=item.hypothese and "hypothèse" not in item.source,
                    fault=_begun(asked.faults.get(name, "")),
                )
            )
        made.append(Group(card["title"], card["help"], tuple(fields)))
    return made


def _short(label: str) -> str:
    """Leave out of a label what the title of its group says."""
    return _begun(label.split(" · ", 1)[-1])


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _comma(value: float) -> str:
    return plain(value).replace(".", ",")


def series_choices(asked: Asked) -> list[tuple[str, str, bool]]:
    """Return the series of rates: name, label, whether it is the one tried."""
    usual = asked.settings or published_settings()
    cards = usual.parameters.cards["rates"]["series"]
    return [
        (name, str(card["label"]), name == usual.parameters.series) for name, card in cards.items()
    ]


def yaml_of(asked: Asked) -> str:
    """Return the changes as a file for « portrea compute --parameters »."""
    lines = ["# portrea compute --parameters parametres.yaml"]
    lines += [
        f"{name}: {value if isinstance(value, str) else plain(value)}"
        for name, value in asked.changes.items()
        if value is not None
    ]
    return "\n".join(lines) + "\n"


# -- computation -----------------------------------------------------------------------------------


def result(reference: str, asked: Asked) -> Result:
    """Return the trial of an address, from the cache or by the one computation allowed.

    Raises
    ------
    BusyError
        Another trial is running.
    TerritoryError
        The territory is unknown or larger than a département.
    """
    assert asked.settings is not None
    selection = territory_find(reference)
    name = _name(selection, asked.settings.parameters)
    found: Result | None = cache.get(name)
    if found is not None:
        return found
    if not cache.add(LOCK, 1, LOCKED_SECONDS):
        raise BusyError(
            "Un autre essai est en cours sur ce serveur.",
            remedy="Un essai dure quelques secondes : rechargez cette page.",
        )
    try:
        found = _computed(selection, asked)
    finally:
        cache.delete(LOCK)
    cache.set(name, found)
    return found


def _name(selection: Selection, chosen: Parameters) -> str:
    state = f"{reader().computation_id}:{selection.key}:{chosen.digest}:{chosen.series}"
    return "essai-" + hashlib.sha256(state.encode()).hexdigest()[:32]


def _computed(selection: Selection, asked: Asked) -> Result:
    assert asked.settings is not None
    current = reader()
    inputs = kept_inputs(str(settings.PORTREA_HOME), current.computation_id)
    trial = Trial.of(inputs, selection, level="commune")
    compared = compare(trial, published_settings(), asked.settings)
    found, whole = _shown(compared, selection)
    measure = tables.most_moved(found)
    weighed = None
    if whole and len(trial.atoms) <= int(
        parameters("scenarios")["largest"]["sensitivity"]["value"]
    ):
        weighed = tables.sensitivity_table(sensitivity(trial, asked.settings))
    return Result(
        tables.totals_table(found, selection.label),
        tables.areas_table(found, measure),
        tables.trial_map(found, measure, current.outlines, selection.label),
        weighed,
    )


def _shown(found: Comparison, selection: Selection) -> tuple[Comparison, bool]:
    """Leave out what would tell a small count; say whether the whole territory is shown."""
    gone = reader().snapshot.confidential
    areas = found.areas.filter(~publication.withheld_rows(gone))
    alone = len(selection.territories) == 1
    asked = [(t.level.value, t.code) for t in selection.territories]
    if areas.height == found.areas.height or (alone and asked[0] not in gone.iter_rows()):
        return Comparison(areas, found.total), True
    return Comparison(areas, found.total.filter(~pl.col("measure").is_in(WITH_B))), False


@lru_cache(maxsize=1)
def kept_inputs(_home: str, _computation: str) -> Inputs:
    """Keep what the store holds for the next trial or ranks: reading is longer than computing."""
    return gather_inputs(reader().store)
