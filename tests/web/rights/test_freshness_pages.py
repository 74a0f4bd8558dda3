"""The page of parameters: each right, its date, its text, what is old; files to take away."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine

from portrea.rights.catalogue import rights
from portrea.rights.freshness import Parameter, table
from portrea.web.rights.freshness.wording import rhythm_of, value_of

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def parameter(value: Any, unit: str) -> Parameter:
    return Parameter(
        name="essai", description="", unit=unit, value=value, changes=(), verified=None,
        references=(), rights=(),
    )  # fmt: skip


@time_machine.travel(NOW, tick=False)
def test_every_right_is_told_with_its_date_and_the_old_ones_are_marked(client: Client) -> None:
    page = client.get("/droits/parametres/")
    text = page.content.decode()
    for right in rights().values():
        assert f'href="/droits/parametres/{right.name}/"' in text
    old = {one.right.name for one in page.context["rights"] if one.is_stale}
    assert old == {"c2s", "asi", "energie"}
    assert "openfisca-france 176.1.8" in text
    assert "seul l’organisme décide" in text


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("name", list(rights()))
def test_the_page_of_a_right_tells_values_dates_and_texts(client: Client, name) -> None:
    page = client.get(f"/droits/parametres/{name}/")
    assert page.status_code == 200
    leading = page.context["leading"]
    assert leading
    text = page.content.decode()
    assert all(line.parameter.name in text and line.value in text for line in leading)
    assert len(page.content) < 120_000


@time_machine.travel(NOW, tick=False)
def test_the_pages_of_a_right_tell_every_parameter_once(client: Client) -> None:
    first = client.get("/droits/parametres/rsa/")
    shown = [line.parameter.name for line in first.context["leading"] + first.context["stale"]]
    for rank in range(1, first.context["page"].paginator.num_pages + 1):
        page = client.get(f"/droits/parametres/rsa/?page={rank}")
        shown += [line.parameter.name for line in page.context["page"].object_list]
    assert sorted(shown) == sorted(one.name for one in table().of("rsa"))


def test_what_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/droits/parametres/rmi/").status_code == 404
    assert client.get("/droits/parametres/parametres.xls").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_the_files_tell_every_parameter(client: Client) -> None:
    told = client.get("/droits/parametres/parametres.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(told), delimiter=";"))
    assert {row["parametre"] for row in rows} == set(table().parameters)
    aah = next(row for row in rows if row["parametre"].endswith("invalidite.aah.montant"))
    assert (aah["valeur"], aah["depuis"], aah["a_verifier"]) == ("1041.59", "2026-04-01", "non")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    told = json.loads(client.get("/droits/parametres/parametres.json").content)
    assert (told["version"], len(told["parameters"])) == (table().version, len(rows))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1041.59, "currency", "1\u202f041,59 €"),
        (10166, "currency", "10\u202f166 €"),
        (406.4, "currency", "406,40 €"),
        (0.38, "/1", "38\u202f%"),
        (0.068, "/1", "6,8\u202f%"),
        (0.422, "BMAF", "0,422 × BMAF"),
        (25, "year", "25 ans"),
        (3, "", "3"),
        (True, "", "oui"),
        (None, "currency", "aucune valeur en vigueur"),
        (["CH"], "", "CH"),
        ([{"threshold": 0, "amount": 240}, {"threshold": 5600, "amount": 176.5}], "currency",
         "dès 0\u202f: 240 € ; dès 5\u202f600\u202f: 176,50 €"),
        ([{"threshold": 0, "rate": 0.004}], "", "dès 0\u202f: 0,4\u202f%"),
        ([{"threshold": rank, "rate": 0.1} for rank in range(6)], "",
         " ; ".join(f"dès {rank}\u202f: 10\u202f%" for rank in range(4)) + " ; et 2 autres"),
        ([{"threshold": rank, "rate": 0.1} for rank in range(5)], "",
         " ; ".join(f"dès {rank}\u202f: 10\u202f%" for rank in range(4)) + " ; et 1 autre"),
    ],
)  # fmt: skip
def test_a_value_is_read_in_french(value, unit, expected) -> None:
    assert value_of(parameter(value, unit)) == expected


def test_the_month_of_change_is_told() -> None:
    aah = next(one for one in table().of("aah") if one.name.endswith("aah.montant"))
    assert rhythm_of(aah) == "chaque année en avril"
    assert rhythm_of(parameter(1, "")) == ""
