"""Exports: the same file by one process or several, from records or their texts; never half."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook

from portrea.base.errors import DataError
from portrea.offer.content import to_dict
from portrea.offer.exchange.context import Context
from portrea.offer.record import Block, Capacity, Closure, Helper, Place, Presence, Service
from portrea.steering import exchange_sharing
from portrea.steering.exchange import STANDARDS, Told, export

TODAY = date(2026, 11, 22)
CONTEXT = Context(today=TODAY, cities={"35133": "Iffendic"})


def place(rank):
    service = Service(
        block=Block.AIDE,
        key="aide",
        offers=("Aide aux démarches administratives",),
        languages=("a\x1fb",) if rank == 3 else ("français",),
        capacity=Capacity(hours_week=float(rank)) if rank % 2 else None,
        helpers=(Helper(role="agent", count=1.0),) * (rank % 3),
        presences=(Presence(closures=(Closure(start=TODAY, end=TODAY),)),) * (rank % 2),
    )
    return Place(
        id=f"a--{rank}",
        name="=Mairie" if rank == 1 else f"Mairie n° {rank}",
        commune="35133",
        postcode="35750",
        address="2 place de l’Église",
        longitude=-2.0 + rank / 100 if rank else None,
        latitude=48.1 if rank else None,
        services=(service,) * (rank != 4),
        updated=None if rank == 5 else TODAY,
    )


def content_of(path):
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dicts(), pl.read_parquet_metadata(path)["geo"]
    return path.read_bytes()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(exchange_sharing, "CHUNK", 3)


@pytest.mark.slow
@pytest.mark.parametrize("standard", ["data-inclusion", "geojson", "xlsx", "geoparquet"])
def test_shared_between_processes_it_is_the_same_file(tmp_path, monkeypatch, standard):
    places = [place(rank) for rank in range(14)]
    texts = [Told(p.id, json.dumps(to_dict(p))) for p in (*places, places[2])]
    extension = STANDARDS[standard].extension
    alone, shared = tmp_path / f"a.{extension}", tmp_path / f"b.{extension}"
    one = export([*places, places[2]], standard, alone, CONTEXT, processes=1)
    monkeypatch.setattr(exchange_sharing, "CHUNK", 3)
    two = export(texts, standard, shared, CONTEXT, processes=2)
    assert one == two
    assert (one.read, one.reasons["identifiant déjà employé"]) == (15, 1)
    assert content_of(alone) == content_of(shared)


@pytest.mark.parametrize("standard", STANDARDS)
def test_an_empty_census_gives_a_readable_file(tmp_path, standard):
    path = tmp_path / f"a.{STANDARDS[standard].extension}"
    assert export([], standard, path, CONTEXT).written == 0
    assert path.stat().st_size
    if path.suffix in (".json", ".geojson"):
        json.loads(path.read_text("utf-8"))
    content_of(path)


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_faulty_record_leaves_the_former_file(tmp_path, few, processes):
    path = tmp_path / "a.geojson"
    path.write_text("avant", "utf-8")
    texts = [Told(str(rank), json.dumps({"id": str(rank), "name": "a"})) for rank in range(20)]
    texts[17] = Told("17", json.dumps({"id": "17", "name": 3}))
    with pytest.raises(DataError, match="un texte est attendu"):
        export(texts, "geojson", path, CONTEXT, processes=processes)
    assert path.read_text("utf-8") == "avant"
    assert [found.name for found in tmp_path.iterdir()] == ["a.geojson"]


def test_a_folder_that_does_not_exist_is_said(tmp_path):
    with pytest.raises(DataError, match="n’existe pas"):
        export([place(1)], "csv", tmp_path / "rien/a.csv", CONTEXT)


def test_a_folder_in_place_of_the_file_is_said(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(DataError, match="ne peut pas être écrit"):
        export([place(1)], "csv", tmp_path / "a.csv", CONTEXT)
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]
