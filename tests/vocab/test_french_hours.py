"""French hours: hand-worked sentences; what is not understood is always told."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.importing.spelling import without_tags
from portrea.vocab import hours
from portrea.vocab.french_hours import from_days, from_french, read_days, read_french
from portrea.vocab.hours import CLOSED

PATH = Path(__file__).parents[1] / "cases/vocab/french_hours.yaml"
CASES = yaml.safe_load(PATH.read_text("utf-8"))


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("case", CASES["sentences"], ids=lambda case: case["text"])
def test_sentences(case):
    found = read_french(case["text"])
    osm = case.get("osm")
    assert from_french(case["text"]) == osm
    assert found.complete == case.get("complete", osm is not None)
    assert found.osm == (osm or case.get("part"))
    assert found.every_weeks == case.get("every_weeks")
    assert found.weeks == case.get("weeks")
    assert found.by_appointment == case.get("by_appointment")
    if "unread" in case:
        assert list(found.unread) == case["unread"]
    if not found.complete and case["text"].strip():
        assert found.unread or found.remarks


@pytest.mark.parametrize("case", CASES["by_day"], ids=lambda case: str(case["days"]))
def test_a_text_per_day(case):
    assert from_days(case["days"]) == case["osm"]
    assert read_days(case["days"]).complete or case["osm"] is None


@pytest.mark.parametrize("case", CASES["paraphrases"], ids=lambda case: case["text"])
def test_paraphrases(case):
    assert plain(read_french(case["text"]).paraphrase) == case["said"]


# -- never in silence -----------------------------------------------------------------------------

SURE = [case["text"] for case in CASES["sentences"] if case.get("osm")]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_strange_word_anywhere_is_told(data):
    """A sentence that was understood is no more once a word of it is not."""
    words = data.draw(st.sampled_from(SURE)).split()
    place = data.draw(st.integers(0, len(words)))
    strange = data.draw(st.sampled_from(["zorglub", "atelier", "adultes", "téléphonique"]))
    found = read_french(" ".join([*words[:place], strange, *words[place:]]))
    assert not found.complete
    assert any(strange in lost for lost in found.unread)
    assert strange in found.paraphrase


@settings(max_examples=90, deadline=None)
@given(text=st.text(alphabet="lundimarjeuvs 0123456789h:-/,;.()etàauéêfx’\n«", max_size=60))
def test_any_text_is_read_without_a_crash(text):
    found = read_french(text)
    assert found.osm is None or hours.is_valid(found.osm)
    assert found.complete or found.unread or found.remarks or not text.strip()
    assert 0 <= found.confidence <= 1


spans = st.lists(st.integers(28, 88), min_size=2, max_size=4, unique=True).map(
    lambda marks: [(a * 15, b * 15) for a, b in zip(*[iter(sorted(marks))] * 2, strict=False)]
)
weeks = st.dictionaries(st.integers(0, 6), spans.map(tuple), min_size=1)


def _time(minutes, style):
    whole, rest = divmod(minutes, 60)
    return f"{whole}:{rest:02d}" if style == ":" else f"{whole}{style}{rest or '':0>2}"


@settings(max_examples=50, deadline=None)
@given(week=weeks, style=st.sampled_from(["h", "H", " h ", ":"]), joint=st.sampled_from("-/–à"))
def test_a_week_told_in_french_is_the_week(week, style, joint):
    told = [
        f"{hours.NAMES[day]} de "
        + " et ".join(f"{_time(a, style)} {joint} {_time(b, style)}" for a, b in spans)
        for day, spans in week.items()
    ]
    osm = hours.write_week(tuple(week.get(day, ()) for day in range(7)))
    assert from_french(" ; ".join(told)) == osm
    assert from_french("\n".join(told).upper()) == osm


# -- the published lists --------------------------------------------------------------------------

COLUMNS = {
    "antilles_2023": ["horaires"],
    "bfc_ternum_brut_2020": ["horaires"],
    "france_conseillers_numeriques_lieux_2022-12": ["horaires"],
    "france_data-inclusion_structures_2022-11": ["horaires"],
    "france_services_cget_2020": ["Commentaire.horaires"],
    "hdf_lieux_mediation_numerique_standard_2022-12": ["horaires"],
    "hdf_siilab_export_brut_2018-2020": [
        "Ouverture", "Horaires équipement", "Horaires médnum", "Horaires démarches",
    ],
    "idf_francilin_2020": ["horaires"],
    "lot-et-garonne_hubik_brut_2020": ["Quels sont les horaires"],
    "nantes_lieux_pratiques_numeriques_2020": ["Précisions sur les horaires"],
    "occitanie_rhinocc_brut_2019-2020": ["horaires_semaine"],
    "paca_2022": ["horaires_ouverture_brut", "horaires_grand_public"],
}  # fmt: skip
DAY_COLUMN = re.compile(rf"(?:h_)?({'|'.join(hours.NAMES)})", re.IGNORECASE)


def _rows(path):
    raw = gzip.decompress(path.read_bytes())
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    head = text.split("\n", 1)[0]
    return list(csv.DictReader(io.StringIO(text), delimiter=max(";,\t|", key=head.count)))


@pytest.fixture(scope="module")
def published(shared_data):
    """Distinct sentences, and distinct (day, text of that day), of the real lists."""
    sentences, by_day = {}, {}
    for path in sorted((shared_data / "offer_raw").glob("*.csv.gz")):
        rows = _rows(path)
        named = [c for c in rows[0] if c in COLUMNS.get(path.name.removesuffix(".csv.gz"), ())]
        daily = [(c, DAY_COLUMN.fullmatch(c)) for c in rows[0] if c and DAY_COLUMN.fullmatch(c)]
        for row in rows:
            sentences |= {without_tags(row[c].strip()): path.name for c in named if row[c]}
            for column, match in daily:
                if (text := (row[column] or "").strip()) and not CLOSED.match(text):
                    by_day[hours.DAYS[hours.NAMES.index(match[1].lower())], text] = path.name
    french = [text for text in sentences if text.strip() and not hours.is_valid(text)]
    return french, list(by_day)


def _counts(found):
    return Counter(
        "understood" if one.complete else "proposed" if one.osm else "left" for one in found
    )


@pytest.mark.shared
def test_most_published_hours_are_understood(published, capsys):
    sentences, by_day = published
    told = _counts(read_french(text) for text in sentences)
    daily = _counts(read_days({day: text}) for day, text in by_day)
    with capsys.disabled():
        print(f"\nHoraires publiés, phrases distinctes : {dict(told)} sur {len(sentences)}")
        print(f"Horaires publiés, jours distincts : {dict(daily)} sur {len(by_day)}")
    assert told["understood"] / len(sentences) >= 0.65
    assert told["left"] / len(sentences) <= 0.21
    assert daily["understood"] / len(by_day) >= 0.93
    every = [read_french(text) for text in sentences]
    assert all(one.osm is None or hours.is_valid(one.osm) for one in every)
    assert all(one.complete or one.unread or one.remarks for one in every)
