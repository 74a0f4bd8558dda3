"""The default model against roads: what is compared, and how it is said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from portrea.reach.agreement import Agreement
from portrea.reach.network.graph import build_graph
from portrea.reach.network.times import Network
from portrea.sources.osm import read_roads
from portrea.steering.model_error import ModelError, model_error, points_on_roads


@pytest.fixture(scope="module")
def monaco(shared_data: Path) -> Network:
    roads = read_roads(shared_data / "routing/monaco-2018.osm.pbf")
    return Network("1", "monaco", {"walk": build_graph(roads, "walk")})


def test_it_is_said_in_plain_words():
    found = Agreement(9621, 3, 0.88, 0.094, 0.298, 0.95, 0.676, 0.901)
    assert ModelError(found, "monaco", "walk", 500, 20, drawn=True).told == (
        "Modèle à vol d’oiseau comparé au réseau « monaco », à pied : 9\u202f621 trajets d’au plus "
        "45 min entre 500 points des routes tirés au sort et 20 lieux.",
        "Temps du modèle 12\u202f% trop courts au milieu des trajets ; écart de moins de "
        "9\u202f% pour la moitié d’entre eux, de moins de 30\u202f% pour neuf sur dix.",
        "Même lieu le plus proche : 68\u202f% des points de départ. Du même côté de 20 minutes : "
        "90\u202f% des trajets.",
        "Les paramètres du modèle ne sont pas réglés sur ce réseau : ce sont nos suppositions.",
    )


def figures(roads: str) -> tuple[float, float]:
    """Return the middle and the median error that the method page shows, as shares."""
    page = Path(__file__).parents[2] / "docs/methode/temps-de-trajet.md"
    line = next(row for row in page.read_text("utf-8").splitlines() if f"| {roads} |" in row)
    cells = [cell.strip().removesuffix("\u202f%").replace("−", "-") for cell in line.split("|")]
    return 1 + float(cells[3]) / 100, float(cells[4]) / 100


@pytest.mark.shared
def test_points_are_drawn_where_no_zone_is_known(monaco: Network):
    found = model_error(monaco, profile="walk")
    assert found.drawn
    assert (found.origins, found.places) == (500, 20)
    assert found == model_error(monaco, profile="walk"), "the same points each time"
    shown = figures("Monaco, marche")
    assert (found.agreement.ratio, found.agreement.error) == pytest.approx(shown, abs=0.005)


@pytest.mark.shared
def test_zones_and_places_of_the_territory_are_compared_when_they_are_on_the_network(
    monaco: Network,
):
    zones = points_on_roads(monaco.graph("walk"), 7, seed=1).rename({"id": "code"})
    far = zones.head(2).with_columns(pl.col("code") + "far", latitude=pl.lit(48.0))
    places = points_on_roads(monaco.graph("walk"), 3, seed=2)
    found = model_error(
        monaco,
        profile="walk",
        zones=pl.concat([zones, far]).with_columns(persons=pl.lit(500.0), area_km2=pl.lit(0.01)),
        places=places,
    )
    assert not found.drawn
    assert (found.origins, found.places) == (7, 3)
    assert found.agreement.pairs == 21
