"""Figures: accessible, light, without script, and faithful to their numbers."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from portrea.steering import figures_style
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_hours import hours_heat
from portrea.steering.figures_map import Reading, Zone, choropleth, class_breaks, compact
from portrea.steering.figures_style import Caption
from portrea.steering.portrait import build_portrait
from portrea.territory import Level
from portrea.territory.geometry import Shapes

CAPTION = Caption("fig-x", "Titre < & >", "Description « entière »")
SVG = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def squares(count: int) -> Shapes:
    boxes = [shapely.box(-2 + 0.1 * i, 48, -1.9 + 0.1 * i, 48.1) for i in range(count)]
    codes = np.array([f"{i:05d}" for i in range(count)], dtype=object)
    return Shapes(Level.COMMUNE, codes, np.array(boxes, dtype=object))


def test_every_figure_of_a_portrait_is_accessible_and_alone(reader):
    portrait = build_portrait(reader, reader.gazetteer.resolve("epci:243500618"))
    figures = list(portrait.figures())
    assert {f.id for f in figures} >= {
        "fig-besoins",
        "fig-zones",
        "fig-comparaison",
        "fig-horaires",
    }
    for figure in figures:
        root = parse(figure.svg)
        assert root.get("role") == "img"
        named = root.get("aria-labelledby").split()
        ids = {node.get("id"): node.text for node in root.iter() if node.get("id")}
        assert all(ids.get(name) for name in named)
        assert root.find(f"{SVG}script") is None
        assert "http" not in figure.svg.replace("http://www.w3.org/2000/svg", "")
        assert len(figure.svg) <= 15_000


def test_bars_write_their_numbers_and_bounds_are_hollow():
    bars = [
        Bar("Ici", 0.12, 0.18, 0.15, "12 – 18 %", strong=True),
        Bar("Bornes", 0.2, 0.4, None, "20 – 40 %"),
        Bar("Rien", None, None, None, "non disponible"),
    ]
    root = parse(interval_bars(CAPTION, bars))
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert {"12 – 18 %", "20 – 40 %", "non disponible"} <= set(words)
    dashed = [node for node in root.iter(f"{SVG}rect") if node.get("stroke-dasharray")]
    assert len(dashed) == 1


def test_bars_are_at_scale():
    root = parse(
        interval_bars(CAPTION, [Bar("a", 0.1, 0.2, 0.15, ""), Bar("b", 0.2, 0.4, 0.3, "")])
    )
    first, second = (float(node.get("cx")) for node in root.iter(f"{SVG}circle"))
    zero = float(re.search(r"M([\d.]+) ", next(root.iter(f"{SVG}path")).get("d"))[1])
    assert (second - zero) / (first - zero) == pytest.approx(2.0, rel=0.01)


def test_heat_writes_each_count_once():
    root = parse(hours_heat(CAPTION, [[0, 3], [1, 0]], 8))
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert words.count("3") == 1
    assert words.count("1") == 1
    assert "8 h" in [word.replace("\u00a0", " ") for word in words]


def test_map_labels_every_area_and_hatches_the_unknown():
    shapes = squares(4)
    zones = {"00000": Zone("00000", 0.1, "10"), "00001": Zone("00001", 0.2, "20")}
    svg = choropleth(CAPTION, zones, shapes, reading=Reading("part"))
    root = parse(svg)
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert {"10", "20", "sans donnée"} <= set(words)
    assert svg.count("url(#fig-x-h)") == 2  # one path for the two unknown areas, one legend box
    dotted = choropleth(
        CAPTION, zones, shapes, reading=Reading("part"), dots=np.array([[-2.0, 48.0]])
    )
    assert figures_style.ACCENT in dotted
    assert "lieu" in [node.text for node in parse(dotted).iter(f"{SVG}text")]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_class_breaks_cover_every_value_without_repeat(values):
    breaks = class_breaks(values)
    assert breaks == sorted(set(breaks))
    assert len(breaks) <= 5
    assert breaks[-1] == max(values)


def test_compact_keeps_the_drawing():
    assert compact("M10.2 10L20 10L20 30.4L10 30Z") == "M10 10l10 0 0 20-10 0z"
    assert compact("M1 1L1.2 1L1 1.2Z") == ""  # smaller than one unit: nothing to see


def test_classes_grow_darker_and_their_text_stays_readable():
    lights = [luminance(colour) for colour in figures_style.SEQUENCE]
    assert lights == sorted(lights, reverse=True)
    for index, light in enumerate(lights):
        words = luminance(figures_style.text_on(index))
        high, low = max(light, words), min(light, words)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_decision_record_gives_the_same_colours():
    record = (
        Path(__file__).parents[2] / "docs/developpeurs/decisions/0004-typographie-et-couleurs.md"
    )
    written = set(re.findall(r"#[0-9a-f]{6}", record.read_text("utf-8")))
    used = {v for v in vars(figures_style).values() if isinstance(v, str) and v.startswith("#")}
    assert used | set(figures_style.SEQUENCE) == written
