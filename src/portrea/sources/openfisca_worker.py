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

The answer holds ``values``: variable → one by member of its entity; else ``error``.
"""

from __future__ import annotations

import json
import resource
import sys
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


def main() -> None:
    """Load the system once, say so, then answer until the input ends."""
    limit = int(sys.argv[1]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    from openfisca_france import FranceTaxBenefitSystem

    system = FranceTaxBenefitSystem()
    say({"ready": version("openfisca-france")})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            say({"id": asked["id"], "values": answer(system, asked)})
        except Exception as error:  # noqa: BLE001 - whatever OpenFisca raises is said, not fatal
            say({"id": asked["id"], "error": f"{type(error).__name__}: {error}"[:2000]})


def say(told: dict[str, Any]) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def answer(system: Any, asked: dict[str, Any]) -> dict[str, list[Any]]:
    """Simulate the households of one question."""
    simulation = built(system, asked["persons"])
    for given in asked["inputs"]:
        variable = system.get_variable(given["variable"])
        values = array_of(variable, given["values"])
        for period in given["periods"]:
            simulation.set_input(variable.name, period, values)
    return {
        one["variable"]: simulation.calculate(one["variable"], one["period"]).tolist()
        for one in asked["asked"]
    }


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
