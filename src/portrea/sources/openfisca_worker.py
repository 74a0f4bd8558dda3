"""What runs in the Python that holds OpenFisca-France: a line in, a line out, nothing kept.

Usage: ``python openfisca_worker.py MEBIBYTES``. It imports nothing of Portrea, so that OpenFisca
lives in an environment of its own, with the versions it asks for. A question is a JSON object on
one line:

``id``
    Given back with the answer.
``persons``
    ``household``: rank of the household of each person; ``role``: ``first``, ``second``, ``child``.
``inputs``
    List of ``{variable, periods, values}``: the same values for each period, one by person or by
    household as the entity of the variable says.
``asked``
    List of ``{variable, period}``.

``trace``
    True to be told which parameters the variables read, instead of the variables.

The answer holds ``values``: variable → one by member of its entity; else ``error``. Traced, it
holds ``read`` (variable → names of parameters) and ``parameters`` (name → what is written of it).
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

ROLES = {
    "famille": {"first": "demandeur", "second": "conjoint", "child": "enfant"},
    "foyer_fiscal": {
        "first": "declarant_principal",
        "second": "conjoint",
        "child": "personne_a_charge",
    },
    "menage": {"first": "personne_de_reference", "second": "conjoint", "child": "enfant"},
}
"""Sub-roles: with the role that holds them (``parent``), OpenFisca projects nothing."""
KEPT = 8
"""Changes of a parameter told, the last ones: enough to see those of every year."""


def main() -> None:
    """Load the system once, say so, then answer until the input ends.

    A simulation holds itself: only the collector frees it, which then looks at it alone.
    """
    limit = int(sys.argv[1]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    from openfisca_france import FranceTaxBenefitSystem

    system = FranceTaxBenefitSystem()
    gc.freeze()
    say({"ready": version("openfisca-france")})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            say({"id": asked["id"], "values": answer(system, asked)})
        except Exception as error:  # noqa: BLE001 - whatever OpenFisca raises is said, not fatal
            say({"id": asked["id"], "error": f"{type(error).__name__}: {error}"[:2000]})
        gc.collect()


def say(told: dict[str, Any]) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def answer(system: Any, asked: dict[str, Any]) -> dict[str, list[Any]]:
    """Simulate the households of one question."""
    simulation = built(system, asked["persons"])
    if asked.get("trace"):
        trace_scales()
    simulation.trace = bool(asked.get("trace"))
    for given in asked["inputs"]:
        variable = system.get_variable(given["variable"])
        values = array_of(variable, given["values"])
        for period in given["periods"]:
            simulation.set_input(variable.name, period, values)
    told = {
        one["variable"]: simulation.calculate(one["variable"], one["period"]).tolist()
        for one in asked["asked"]
    }
    return parameters_of(system, simulation, asked["asked"]) if simulation.trace else told


def built(system: Any, persons: dict[str, list[Any]]) -> Any:
    """Return an empty simulation where each household is a famille, a foyer fiscal, a ménage."""
    from openfisca_core.simulation_builder import SimulationBuilder

    builder = SimulationBuilder()
    builder.create_entities(system)
    ranks = np.array(persons["household"])
    builder.declare_person_entity("individu", [str(rank) for rank in range(len(ranks))])
    households = [str(rank) for rank in range(int(ranks.max()) + 1)]
    for entity, roles in ROLES.items():
        told = builder.declare_entity(entity, households)
        held = np.array([roles[role] for role in persons["role"]])
        builder.join_with_persons(told, ranks.astype(str), roles=held)
    return builder.build(system)


@cache
def trace_scales() -> None:
    """Have OpenFisca trace the scales that are read, as it does the plain parameters."""
    from openfisca_core.taxscales import TaxScaleLike
    from openfisca_core.tracers import TracingParameterNodeAtInstant as Node

    plain = Node.get_traced_child

    def traced(self: Any, child: Any, key: Any) -> Any:
        node = self.parameter_node_at_instant
        if isinstance(child, TaxScaleLike) and isinstance(key, str):
            self.tracer.record_parameter_access(f"{node._name}.{key}", node._instant_str, None)
        return plain(self, child, key)

    Node.get_traced_child = traced


def parameters_of(system: Any, simulation: Any, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the parameters that variables read, with what is written of each at the last period.

    Each variable is computed once: what it read then counts for all that need it after.
    """
    direct: dict[Any, tuple[set[str], list[Any]]] = {}
    waiting = list(simulation.tracer.trees)
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.children or node.parameters:
            below = [(child.name, str(child.period)) for child in node.children]
            names = {one.name for one in node.parameters}
            direct[node.name, str(node.period)] = (names, below)
    told: dict[str, list[str]] = {}
    written: dict[str, Any] = {}
    for one in asked:
        found = {
            leaf.name: leaf
            for name in read_under(direct, (one["variable"], one["period"]))
            for leaf in leaves_of(parameter_named(system, name))
        }
        told[one["variable"]] = sorted(found)
        month = one["period"] if len(one["period"]) > 4 else f"{one['period']}-12"
        written |= {name: card_of(leaf, f"{month}-01") for name, leaf in found.items()}
    return {"read": told, "parameters": written}


def read_under(direct: dict[Any, tuple[set[str], list[Any]]], root: Any) -> set[str]:
    """Return the names of parameters read by a variable at a period and by all that it needs."""
    names: set[str] = set()
    seen, waiting = {root}, [root]
    while waiting:
        own, below = direct.get(waiting.pop(), (set(), []))
        names |= own
        waiting += [key for key in below if key not in seen]
        seen.update(below)
    return names


def parameter_named(system: Any, name: str) -> Any:
    """Return a parameter or a group of them by its dotted name, ``None`` when there is none."""
    node = system.parameters
    for part in name.split("."):
        node = getattr(node, "children", {}).get(part)
    return node


def leaves_of(node: Any) -> list[Any]:
    """Return the parameters of a group (one read by an index, such as a zone), or itself."""
    if node is None:
        return []
    children = getattr(node, "children", None)
    if children is None:
        return [node]
    return [leaf for child in children.values() for leaf in leaves_of(child)]


def card_of(leaf: Any, day: str) -> dict[str, Any]:
    """Return what is written of a parameter: value on a day, its dates, its texts, its unit.

    The value of a scale is the list of its brackets: from which threshold, which amount or rate.
    """
    brackets = getattr(leaf, "brackets", None)
    parts = [leaf] if brackets is None else [
        part for bracket in brackets for part in bracket.children.values()
    ]  # fmt: skip
    changes = sorted({instant for part in parts for instant in changes_of(part, day)})
    value: Any = value_of(leaf, day) if brackets is None else [
        {name: value_of(part, day) for name, part in bracket.children.items()}
        for bracket in brackets
    ]  # fmt: skip
    texts = leaf.metadata.get("reference")
    found = texts.get(changes[-1]) if isinstance(texts, dict) and changes else None
    return {
        "description": leaf.description,
        "unit": leaf.metadata.get("unit") or leaf.metadata.get("amount_unit"),
        "value": value,
        "changes": changes[-KEPT:],
        "verified": leaf.metadata.get("last_value_still_valid_on"),
        "references": [
            {"title": one.get("title"), "href": one.get("href")}
            for one in (found if isinstance(found, list) else [found])
            if isinstance(one, dict)
        ],
    }


def changes_of(leaf: Any, day: str) -> list[str]:
    """Return the days, until one, on which a parameter took another value."""
    dated = sorted((one.instant_str, one.value) for one in leaf.values_list)
    return [
        instant
        for rank, (instant, value) in enumerate(dated)
        if instant <= day and (rank == 0 or dated[rank - 1][1] != value)
    ]


def value_of(leaf: Any, day: str) -> Any:
    """Return the value of a parameter on a day, ``None`` before the first and after its end."""
    told = leaf.get_at_instant(day)
    return told if isinstance(told, bool | int | float | str | list) else None


def array_of(variable: Any, values: list[Any]) -> Any:
    """Return values as OpenFisca stores them."""
    from openfisca_core.indexed_enums import Enum

    if isinstance(variable.value_type, type) and issubclass(variable.value_type, Enum):
        return variable.possible_values.encode(np.array(values))
    if variable.value_type is str:
        return np.array(values, dtype=object)
    return np.array(values, dtype=variable.dtype)


if __name__ == "__main__":
    main()
