"""What is said around the numbers: declared levels, rank, quadrant, reasons, benchmark."""

from __future__ import annotations

import pytest

from portrea.base.estimates import Estimate, Quality
from portrea.steering import measures, remarks
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import AreaEstimate, Reader


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def estimate(measure: str, **more) -> AreaEstimate:
    count = Estimate(150.0, 120.0, 180.0, Quality.C)
    share = more.pop("share", Estimate(0.15, 0.12, 0.18, Quality.C))
    return AreaEstimate(
        "commune", "35001", "Aubigny", measure, 1000.0, count, share, "essai 2021", **more
    )


def rows_with(rows: list[dict], **cells: dict) -> list[dict]:
    """Change the rows of a measure; keys: measure, values: cells or a function of the row."""
    return [row | (cells[row["measure"]](row) if row["measure"] in cells else {}) for row in rows]


def test_levels_are_named_from_the_strictest():
    found = {m: estimate(m) for m in ("a1", "a2", "a3", "b")}
    (text,) = remarks.declared_levels(found)
    assert plain(text) == (
        "La fragilité numérique est comptée à trois niveaux, du plus strict au plus large, qui ne "
        "s’additionnent pas : illectronisme (A1, sens strict), fragilité socio-numérique (A2, "
        "règle PorTReA) et difficulté déclarée (A3, sens large)."
    )
    assert remarks.declared_levels({"a1": estimate("a1"), "a2": None}) == ()


@pytest.mark.parametrize(
    ("top", "said"), [(0.354, "de 35 %"), (0.999, "de plus de 99 %"), (0.0, "de moins de 1 %")]
)
def test_rank_is_a_probability_in_words(fresh_store, write_mini, estimate_rows, top, said):
    write_mini(fresh_store, estimates=rows_with(estimate_rows(), a1=lambda _: {"p_top": top}))
    portrait = build_portrait(
        reader := Reader(fresh_store), reader.gazetteer.resolve("commune:35001")
    )
    texts = [plain(text) for text in portrait.section("besoins").paragraphs]
    assert (
        "Cette commune figure parmi les 10 % les plus concernées des communes calculées "
        f"(illectronisme) avec une probabilité {said}." in texts
    )


def test_reasons_are_said_once_for_the_measures_that_share_them():
    found = {
        "a1": estimate("a1", reasons="âge seul ; intervalle large"),
        "a3": estimate("a3", reasons="âge seul ; intervalle large"),
        "b": estimate("b", reasons="chiffre CAF masqué : AAH"),
        "c": None,
    }
    assert [plain(text) for text in remarks.grade_reasons(found)] == [
        "Note C (illectronisme ; difficulté déclarée) : âge seul ; intervalle large.",
        "Note C (exigences administratives) : chiffre CAF masqué : AAH.",
    ]


def test_the_quadrant_names_what_it_compares_with(fresh_store, write_mini, estimate_rows):
    """A1 of Muel is 30 %, B 10 %; around it (EPCI) 21 and 20 %: more A, less B."""

    def b(row):
        share = 0.10 if row["code"] == "35005" else 0.20
        if row["level"] == "commune" or row["level"] == "epci":
            return {"quality": "B", "population": 900.0, "share": share, "n": 900 * share,
                    "share_low": share - 0.02, "share_high": share + 0.02,
                    "n_low": 900 * (share - 0.02), "n_high": 900 * (share + 0.02)}  # fmt: skip
        return {}

    write_mini(fresh_store, estimates=rows_with(estimate_rows(), b=b))
    reader = Reader(fresh_store)
    portrait = build_portrait(reader, reader.gazetteer.resolve("commune:35005"))
    (text,) = [t for t in portrait.section("besoins").paragraphs if "en moyenne" in t]
    assert plain(text).startswith(
        "Plus de personnes en difficulté numérique, mais moins de démarches exigées qu’en moyenne "
        "(Communauté de communes Saint-Méen Montauban) ; "
    )


def test_without_exposure_no_quadrant_is_said(reader):
    portrait = build_portrait(reader, reader.gazetteer.resolve("commune:35005"))
    assert not any("en moyenne" in t for t in portrait.section("besoins").paragraphs)


def test_benchmark_state_is_always_said(reader):
    portrait = build_portrait(reader, reader.gazetteer.resolve("commune:35005"))
    assert any("non calées" in text for text in portrait.section("methode").paragraphs)


def test_rates_of_a_survey_are_said_with_what_it_counts(fresh_store, write_mini, reader):
    """Wherever A1 is said: INSEE's words are those of another indicator."""
    rates = {
        "name": "Baromètre d’essai", "vintage": "2024", "source": "Crédoc", "digest": "0123abcd",
        "outcome": "n’a fait aucune démarche en ligne",
    }  # fmt: skip
    write_mini(fresh_store, card={"fitted": rates})
    fitted = Reader(fresh_store)
    key = "commune:35001"
    ours, usual = (build_portrait(r, r.gazetteer.resolve(key)) for r in (fitted, reader))

    def said(portrait) -> list[str]:
        lead = portrait.section("besoins").lead
        texts = [portrait.headline.text, lead.text, portrait.key_figures[0].detail]
        return [plain(text) for text in (*texts, portrait.section("methode").paragraphs[0])]

    counted = "au sens de l’enquête Baromètre d’essai 2024, « n’a fait aucune démarche en ligne »"
    for text in said(ours)[:3]:
        assert text.rstrip(".").endswith(counted)
    assert "empreinte 0123abcd" in said(ours)[3]
    assert "Ce que l’enquête compte : n’a fait aucune démarche en ligne." in said(ours)[3]
    for text, other in zip(said(ours), said(usual), strict=True):
        assert "compétences" not in text
        assert "compétences" in other


def test_a_load_is_said_in_declarations_without_a_share():
    count = Estimate(4200.0, 4012.0, 4391.0, Quality.B)
    nothing = Estimate(None, None, None, Quality.B)
    load = AreaEstimate("epci", "1", "X", "b_load", 900.0, count, nothing, "essai 2021")
    said = plain(measures.sentence(load, "b_load", "à Muel").text)
    assert said.startswith(
        "Entre 4 010 et 4 400 démarches par an sont attendues des habitants à Muel"
    )
    assert "%" not in said
    assert measures.share_cell(load).text == "–"


def test_the_likely_interval_is_inside_the_other():
    likely = tuple(Estimate(150.0, 131.0, 169.0, Quality.C) for _ in range(2))
    assert plain(measures.likely_cell(estimate("a1", likely=likely)).text) == "130 – 170"
    assert measures.likely_cell(estimate("a1")).text == "–"
