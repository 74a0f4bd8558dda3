"""The portrait says what the tables say, and says what it does not know."""

from __future__ import annotations

import re

import pytest

from portrea.base.errors import TerritoryError
from portrea.base.estimates import Estimate, Quality
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import AreaEstimate, Reader
from portrea.steering.subject import added
from portrea.territory import Territory


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def portrait_of(reader, key):
    return build_portrait(reader, reader.gazetteer.resolve(key))


def test_headline_gives_the_interval_first(reader):
    # Le Crouais: 15 % of 1000, interval ± 20 % → 120 to 180, 12 to 18 %
    headline = portrait_of(reader, "commune:35002").headline
    assert plain(headline.text).startswith(
        "Entre 120 et 180 personnes de 15 ans ou plus (entre 12 et 18 %) "
        "sont en situation d’illectronisme au Crouais"
    )
    assert (headline.numbers[0].low, headline.numbers[0].high) == pytest.approx((120, 180))


def test_key_figures_say_of_whom_and_of_when(reader):
    told = {k.id: plain(k.detail) for k in portrait_of(reader, "commune:35002").key_figures}
    assert told["a1"].startswith("entre 12 et 18 % des personnes de 15 ans ou plus : sans usage")
    assert re.fullmatch(r"tous types, au \d+ \w+ \d{4}", told["lieux"])


def test_bounds_are_said_to_be_bounds(reader):
    section = portrait_of(reader, "commune:35002").section("besoins")
    text = plain(section.paragraphs[0])
    assert text.startswith("Entre 240 et 360 personnes de 15 ans ou plus sorties des études")
    assert "Ce sont des bornes" in text


def test_a_missing_measure_has_no_number_and_a_command(reader):
    portrait = portrait_of(reader, "epci:243500618")
    row = next(
        r for r in portrait.section("besoins").tables[0].rows if "(axe B, chacun" in r[0].text
    )
    assert [cell.text for cell in row[2:6]] == ["non disponible", "–", "non disponible", "N"]
    assert not any(re.search(r"\d", cell.text) for cell in row[2:])
    missing = [u for u in portrait.unknowns if "RSA" in u.what]
    assert missing[0].command == "portrea data add FICHIER"
    figure = next(k for k in portrait.key_figures if k.id == "b")
    assert figure.number.text == "non disponible"


def test_parts_are_listed_with_links(reader):
    table = portrait_of(reader, "epci:243500618").section("zones").tables[0]
    assert [row[0].territory for row in table.rows] == [
        "commune:35001",
        "commune:35003",
        "commune:35002",
    ]
    assert plain(table.rows[1][1].text) == "160 – 240"


def test_small_and_uninhabited_iris_are_hidden(reader):
    portrait = portrait_of(reader, "commune:35003")
    rows = {row[0].text: row for row in portrait.section("zones").tables[0].rows}
    assert rows["Quartier 0103"][1].text == "non publié"
    assert rows["Quartier 0102"][1].text == "non publié"  # the smallest other one: else 0103 = rest
    assert plain(rows["Quartier 0104"][1].text) == "60 – 100"  # 400 × 0.2 × (0.8, 1.2) = 64 to 96
    assert any("2 IRIS ne sont pas publiés" in u.what for u in portrait.unknowns)


def test_comparison_does_not_rank_overlapping_intervals(reader):
    section = portrait_of(reader, "commune:35005").section("comparaison")
    # Muel: 24 to 36 %; France: 12.4 to 18.6 %, shown 12 to 19 %
    assert "la part est plus élevée" in section.lead.text
    overlapping = portrait_of(reader, "commune:35002").section("comparaison")
    assert "n’est pas établi" in overlapping.lead.text
    names = [row[0].text for row in overlapping.tables[0].rows]
    assert names[:1] == ["Le Crouais"]
    assert {"Aubigny", "Iffendic", "Départements chargés", "Bretagne"} <= set(names)


def test_offer_counts_types_situations_and_hours(reader):
    section = portrait_of(reader, "epci:243500618").section("offre")
    tables = {table.id: table for table in section.tables}
    counts = {row[0].text: row[1].text for row in tables["offre-situations"].rows}
    assert counts["Être informé et orienté"] == "2"
    assert counts["Être aidé pour une démarche"] == "1"
    hours = {row[0].text: [cell.value for cell in row[1:]] for row in tables["offre-horaires"].rows}
    assert hours["lundi"][:5] == [0, 1, 1, 1, 0]  # 8 h … 12 h: town hall from 9 to 12
    assert sum(hours["samedi"]) == 4  # 14:00 to 18:30: hours 14, 15, 16, 17 (18:30 rounds to even)
    assert plain(section.lead.text).startswith("3 lieux sont connus")


def test_reach_names_the_furthest(reader):
    section = portrait_of(reader, "epci:243500618").section("acces")
    assert "11 min" in plain(section.lead.text)
    assert "Iffendic (17 min), Le Crouais (11 min) et Aubigny (5 min)" in plain(
        section.paragraphs[0]
    )


def test_without_places_nothing_is_invented(fresh_store, write_mini):
    write_mini(fresh_store, places=[], reach=[])
    portrait = portrait_of(Reader(fresh_store), "epci:243500618")
    assert portrait.section("acces") is None
    assert "Aucun lieu d’aide n’est connu" in portrait.section("offre").lead.text
    assert any("Les lieux d’aide" in unknown.what for unknown in portrait.unknowns)


def test_the_pilot_territory_shows_published_figures_beside_ours(reader):
    one = portrait_of(reader, "epci:200038990").section("publie")
    row = one.tables[0].rows[0]
    assert plain(row[1].text) == "37 %"
    assert plain(row[2].text) == "24 – 36 %"  # bounds of a2 in the miniature
    assert any("19,5 %" in reason for reason in one.paragraphs)
    assert portrait_of(reader, "epci:243500618").section("publie") is None


def test_a_selection_adds_its_members(reader):
    portrait = portrait_of(reader, "epci:243500618,epci:200038990")
    # 3000 × 0.15 + 2000 × 0.21 = 870; low 696 → 690; high 1044 → 1050
    assert plain(portrait.headline.text).startswith("Entre 690 et 1 050 personnes")
    assert len(portrait.section("zones").tables[0].rows) == 5
    reach = portrait.section("acces").tables[0].rows[0]
    assert plain(reach[1].text) == "11 min"


def test_every_figure_has_its_table(reader):
    for key in ("epci:243500618", "commune:35003", "iris:350030101", "departement:35", "france"):
        portrait = portrait_of(reader, key)
        tables = [table.id for table in portrait.tables()]
        assert len(tables) == len(set(tables))
        for figure in portrait.figures():
            assert figure.table in tables, figure.id
            assert figure.description


def test_every_row_has_every_column(reader):
    for key in ("epci:243500618", "commune:35003", "departement:35"):
        for table in portrait_of(reader, key).tables():
            assert all(len(row) == len(table.columns) for row in table.rows), table.id


def test_unknown_territory_is_refused_in_french(reader):
    stranger = Territory(reader.gazetteer.get("commune", "35001").level, "99999", "Nulle part")
    with pytest.raises(TerritoryError, match="ne connaît pas commune:99999"):
        build_portrait(reader, stranger)


def test_added_is_never_narrower_and_keeps_the_worst_quality():
    def part(value, low, high, quality):
        count = Estimate(value, low, high, quality)
        return AreaEstimate("commune", "1", "x", "a1", 100.0, count, count, "a 2020 ; b 2021")

    total = added([part(10, 5, 15, Quality.B), part(20, 18, 30, Quality.D)], "Deux")
    assert (total.count.value, total.count.low, total.count.high) == (30, 23, 45)
    assert total.quality is Quality.D
    assert total.share.value == pytest.approx(0.15)
    bounded = added([part(10, 5, 15, Quality.B), part(None, 1, 2, Quality.D)], "Deux")
    assert (bounded.count.value, bounded.count.low) == (None, 6)
    none = added([part(10, 5, 15, Quality.B), part(None, None, None, Quality.N)], "Deux")
    assert none.available is False


def test_a_hidden_iris_shows_no_number_and_sends_to_its_commune(reader):
    portrait = portrait_of(reader, "iris:350030103")
    assert "L’estimation de ce quartier n’est pas publiée" in portrait.headline.text
    assert "Iffendic" in portrait.headline.text
    assert not portrait.headline.numbers
    assert {k.number.text for k in portrait.key_figures if k.id in ("a1", "a2")} == {
        "non disponible"
    }
    assert portrait.section("comparaison") is None


def test_an_iris_is_compared_with_its_commune_and_served_by_it(reader):
    portrait = portrait_of(reader, "iris:350030101")
    kinds = {row[0].text: row[1].text for row in portrait.section("comparaison").tables[0].rows}
    assert kinds["Quartier 0104"] == "même commune"
    assert not {"Quartier 0102", "Quartier 0103"} & set(kinds)
    assert "1 lieu est connu dans la commune" in plain(portrait.section("offre").lead.text)


@pytest.mark.parametrize(
    "key", ["epci:243500618,commune:35001", "departement:35,epci:243500618", "france,commune:35001"]
)
def test_a_selection_that_counts_people_twice_is_refused(reader, key):
    with pytest.raises(TerritoryError, match="comptés deux fois"):
        portrait_of(reader, key)


def test_a_tiny_commune_is_shown_with_a_warning(fresh_store, write_mini, estimate_rows):
    rows = [
        row | {"population": 120.0, "n": 18.0, "n_low": 14.0, "n_high": 22.0}
        if row["code"] == "35002" and row["measure"] == "a1"
        else row
        for row in estimate_rows()
        if row["code"] != "35002" or row["measure"] == "a1"
    ]
    write_mini(fresh_store, estimates=rows)
    portrait = portrait_of(Reader(fresh_store), "commune:35002")
    assert plain(portrait.headline.text).startswith("Entre 10 et 30 personnes")
    assert any("à lire avec prudence" in note for note in portrait.section("besoins").notes)


def test_the_last_portraits_are_kept(reader):
    assert portrait_of(reader, "commune:35001") is portrait_of(reader, "commune:35001")
