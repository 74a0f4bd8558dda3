"""Find the rows of a territory: those that lie in it, table by table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.apps import apps
from django.db.models import Q

from portrea.base.errors import TerritoryError
from portrea.territory import Level
from portrea.web.accounts.scope import FRANCE, find, gazetteer, inside

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from portrea.web.accounts.scope import Key

KINDS = ("territory", "left", "site", "person", "derived", "fleeting")
COLUMNS = {"epci": "epci", "departement": "departement", "region": "region", "commune": "commune"}
"""Columns of a place, by level."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A table whose rows belong to territories; ``carried``: they leave with them."""

    model: type[Model]
    path: str
    carried: bool

    @property
    def label(self) -> str:
        """Name of the table, as ``ownership.yaml`` writes it."""
        return self.model._meta.label

    def rows(self, key: Key) -> QuerySet[Any]:
        """Return the rows that lie in a territory."""
        owner, prefix = self.model, ""
        if self.path != ".":
            prefix = f"{self.path}__"
            for name in self.path.split("__"):
                owner = owner._meta.get_field(name).related_model
        manager = self.model._base_manager
        return manager.filter(_lies_in(owner, prefix, key)).order_by("pk")


@cache
def declared() -> dict[str, dict[str, Any]]:
    """Return ``ownership.yaml``: kind of owner → table → what is said of it."""
    return yaml.safe_load(Path(__file__).with_name("ownership.yaml").read_text("utf-8"))


@cache
def tables() -> tuple[Owned, ...]:
    """Return the tables of territories, those that others point at first."""
    told = declared()
    found = {label: Owned(model_of(label), path, True) for label, path in told["territory"].items()}
    found |= {
        label: Owned(model_of(label), said["at"], False) for label, said in told["left"].items()
    }
    ordered: dict[str, Owned] = {}

    def place(label: str) -> None:
        if label in ordered or label not in found:
            return
        for field in found[label].model._meta.concrete_fields:
            if field.is_relation and field.related_model._meta.label != label:
                place(field.related_model._meta.label)
        ordered[label] = found[label]

    for label in found:
        place(label)
    return tuple(ordered.values())


def model_of(label: str) -> type[Model]:
    """Return a model by its label, links between tables included."""
    return apps.get_model(label)


def checked(text: str) -> Key:
    """Read a territory written ``epci:243500618``, which must be known and smaller than France.

    Raises
    ------
    TerritoryError
        It is France, or unknown here.
    """
    level, _, code = text.partition(":")
    known = gazetteer()
    if (level, code) == FRANCE or level not in {one.value for one in Level} or not code:
        raise TerritoryError(
            f"« {text} » n’est pas un territoire que l’on emporte.",
            remedy="Forme attendue : epci:243500618, departement:35, commune:35238.",
        )
    if known is None:
        raise TerritoryError(
            "Aucun calcul en service : les communes d’un territoire ne sont pas connues.",
            remedy="Lancez « portrea data embedded » puis « portrea compute ».",
        )
    territory = known.get(level, code)
    return territory.level.value, territory.code


def _lies_in(owner: type[Model], prefix: str, key: Key) -> Q:
    label = owner._meta.label
    if label == "offer.Place":
        return Q(**{f"{prefix}{COLUMNS[key[0]]}": key[1]})
    if label == "journeys.UnmetDemand":
        return Q(**{f"{prefix}commune__in": _communes(key)})
    return inside(key, level=f"{prefix}level", code=f"{prefix}code")


def _communes(key: Key) -> list[str]:
    known = gazetteer()
    if key[0] == Level.COMMUNE.value or known is None:
        return [key[1]]
    return [commune.code for commune in known.children(find(key), Level.COMMUNE)]
