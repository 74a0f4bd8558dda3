"""The catalogue of procedures: filled from its file, searched, kept by a territory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.utils import timezone

from portrea.action.catalogue import national
from portrea.base.errors import DataError
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.action.difficulties.catalogue import (
    procedure_named,
    procedure_sure,
    procedures,
)
from portrea.web.action.models import Procedure
from portrea.web.action.services.procedures import (
    catalogue_sync,
    procedure_retire,
    procedure_save,
)
from web.accounts.conftest import person

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["person"]
pytestmark = pytest.mark.django_db
CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/action/catalogue.yaml").read_text("utf-8")
)
LOCAL = {
    "name": "Carte de bus solidaire", "body": "Agglomération", "theme": "transports_mobilite",
    "words": "bus gratuit", "link": "", "source": "Notre équipe",
}  # fmt: skip


def local(territory: str, **told: Any) -> Procedure:
    card = LOCAL | {"checked": timezone.localdate()} | told
    return procedure_save(actor=SYSTEM, territory=territory, told=card)


def test_the_catalogue_is_there_from_the_start() -> None:
    assert Procedure.objects.exclude(origin="").count() == len(national())
    assert catalogue_sync() == 0


def test_what_somebody_edited_stays() -> None:
    row = Procedure.objects.get(origin="carte_grise")
    told = {name: getattr(row, name) for name in ("body", "theme", "words", "source", "checked")}
    procedure_save(actor=SYSTEM, key=row.key, told=told | {"name": "Carte grise"})
    Procedure.objects.filter(origin="permis").update(name="Ancien nom")
    assert catalogue_sync() == 1
    assert Procedure.objects.get(origin="carte_grise").name == "Carte grise"
    assert Procedure.objects.get(origin="permis").name.startswith("Permis de conduire")


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["typed"])
def test_found_with_typing_errors_and_other_words(case: dict[str, str]) -> None:
    found = procedure_named(case["typed"])
    assert [one.procedure.name for one in found][:1] == [case["first"]]


@pytest.mark.parametrize("typed", CASES["nothing"])
def test_nothing_near_proposes_nothing(typed: str) -> None:
    assert procedure_named(typed) == []


@pytest.mark.parametrize("case", CASES["sure"], ids=lambda case: case["typed"])
def test_one_is_sure_only_when_it_is_alone(case: dict[str, Any]) -> None:
    found = procedure_sure(case["typed"], list(procedures()))
    assert (found.name if found else None) == case["name"]


def test_a_territory_sees_its_own_procedures_and_those_around() -> None:
    mine = local("commune:35133")
    other = local("commune:75056")
    seen = set(procedures(["commune:35133"]).values_list("pk", flat=True))
    assert mine.pk in seen
    assert other.pk not in seen
    assert mine.pk in set(procedures(["departement:35"]).values_list("pk", flat=True))
    assert mine.pk not in set(procedures().values_list("pk", flat=True))


def test_one_who_keeps_a_territory_keeps_its_catalogue_only(person: Callable[..., Any]) -> None:
    who = person("referent departement:35")
    told = LOCAL | {"checked": timezone.localdate()}
    made = procedure_save(actor=who, territory="commune:35133", told=told)
    with pytest.raises(DataError, match="déjà au catalogue"):
        procedure_save(actor=who, territory="commune:35133", told=told)
    with pytest.raises(RefusedError):
        procedure_save(actor=who, territory="commune:75056", told=told)
    national_key = Procedure.objects.get(origin="permis").key
    with pytest.raises(RefusedError):
        procedure_retire(actor=who, key=national_key, retired=True)
    assert procedure_retire(actor=who, key=made.key, retired=True).retired
    assert not procedures(["commune:35133"]).filter(pk=made.pk).exists()
