"""A harvest page after page, while the census lives: nothing twice, nothing lost."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.offer.models import Place
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    Ask = Callable[..., Any]


def pages(site: Client, address: str) -> Any:
    """Follow a list by the address it gives of its next page."""
    while address:
        answer = site.get(address)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        yield told
        address = told["next_url"] or ""
        assert bool(address) == ("Link" in answer)


@pytest.mark.parametrize("address", ["places?territoire=departement:35", "places?q=lieu"])
def test_a_harvest_does_not_drift(site: Client, address: str) -> None:
    """Between two pages places come, go, are renamed: those that stayed are told once each."""
    draw = random.Random(4)
    applied(*(record(str(n)) for n in range(40)), whole=False)
    stayed = set(Place.objects.values_list("pk", flat=True))
    seen: list[str] = []
    for rank, page in enumerate(pages(site, f"/api/v1/{address}&taille=7")):
        seen += [one["id"] for one in page["items"]]
        told = sorted(seen) if rank % 2 else sorted(set(seen))  # removed before and after the mark
        gone = draw.choice([key for key in told if key in stayed] or [seen[-1]])
        if rank == 2:
            gone = page["items"][-1]["id"]  # the very place that the next page follows
        stayed.discard(gone)
        Place.objects.filter(pk=gone).delete()
        applied(record(f"new-{rank}", name=f"Lieu A{rank}"), whole=False)
        renamed = draw.choice(sorted(stayed))
        Place.objects.filter(pk=renamed).update(sort=f"zz{rank}")
    assert len(seen) == len(set(seen)), "no place twice"
    assert stayed <= set(seen), "no place lost"


def test_needs_are_harvested_whole(site: Client) -> None:
    told = list(pages(site, "/api/v1/needs?territoire=departement:35&niveau=epci&taille=20"))
    keys = [(one["code"], one["measure"]) for page in told for one in page["items"]]
    assert len(keys) == len(set(keys)) == told[0]["total"]
    assert [code for code, _ in keys] == sorted(code for code, _ in keys)


def test_communes_are_harvested_whole(site: Client) -> None:
    told = list(pages(site, "/api/v1/territories?dans=departement:35&niveau=commune&taille=100"))
    codes = [one["code"] for page in told for one in page["items"]]
    assert codes == sorted(set(codes))
    assert len(codes) == told[0]["total"] > 300


def test_a_cursor_is_of_one_list_and_of_this_site(
    api: Ask, census: Callable[..., list[Place]]
) -> None:
    census(5)
    cursor = api("places?taille=2").json()["next"]
    assert len(api(f"places?taille=3&apres={cursor}").json()["items"]) == 3
    for address, why in (
        (f"places?taille=2&situation=aide&apres={cursor}", "d’une autre liste"),
        (f"services?taille=2&apres={cursor}", "d’une autre liste"),
        (f"places?apres={cursor[:-2]}xx", "donné par ce site"),
        ("places?apres=p1", "donné par ce site"),
    ):
        answer = api(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "parametre"), address
        assert why in answer.json()["detail"]
