"""The page where anyone tries other parameters: nothing written, bad values told in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from django.core.cache import cache

from portrea.needs import load_parameters
from portrea.web.steering import trial

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.slow
ADDRESS = "/methode/essayer/"
PLACE = {"t": "epci:243500618"}
DELTA = {"exposure.delta.central": "0,6"}


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def text_of(site: Client, query: dict[str, str], status: int = 200) -> str:
    answer = site.get(ADDRESS, query)
    assert answer.status_code == status
    return answer.content.decode()


def test_without_territory_one_is_asked_for(site: Client) -> None:
    assert 'name="t"' in text_of(site, {})


def test_the_form_shows_the_published_values_and_computes_nothing(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_computed", lambda *_: pytest.fail("computed"))
    text = text_of(site, PLACE)
    assert 'name="exposure.delta.central"' in text
    assert 'value="0,3"' in text
    assert "Paramètres publiés" not in text


def test_a_change_shows_totals_areas_and_sensitivity(site: Client) -> None:
    text = text_of(site, PLACE | DELTA)
    assert 'value="0,6"' in text
    for word in ('id="totaux"', 'id="communes"', 'id="sensibilite"', "<svg", "δ"):
        assert word in text
    assert "ne change rien au calcul publié" in text


@pytest.mark.parametrize("bad", ["9", "fort", ""])
def test_a_bad_value_is_told_beside_its_field(site: Client, bad: str) -> None:
    text = text_of(site, PLACE | {"exposure.overlaps.ppa_rsa": bad})
    if bad == "":  # an emptied field means the published value
        assert "is-invalid" not in text
        return
    field = text.index('name="exposure.overlaps.ppa_rsa"')
    assert "is-invalid" in text[field - 300 : field + 300]
    assert "entre 0 et 1" in text[field : field + 900]
    assert 'id="totaux"' not in text


def test_an_unknown_parameter_of_the_address_is_told(site: Client) -> None:
    assert "exposure.delta.central" in text_of(site, PLACE | {"exposure.delta.centrale": "0.4"})


def test_too_large_a_territory_is_refused(site: Client) -> None:
    assert "département" in text_of(site, {"t": "region:53"} | DELTA, 404)


def test_one_computation_at_a_time(site: Client) -> None:
    cache.add(trial.LOCK, 1, 30)
    answer = site.get(ADDRESS, PLACE | DELTA)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Un autre essai" in answer.content.decode()


def test_the_lock_is_freed_even_after_an_error(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(trial, "_computed", fail)
    with pytest.raises(RuntimeError):
        site.get(ADDRESS, PLACE | DELTA)
    assert cache.get(trial.LOCK) is None


def test_the_second_reading_computes_nothing(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = text_of(site, PLACE | DELTA)
    monkeypatch.setattr(trial, "_computed", lambda *_: pytest.fail("computed twice"))
    assert text_of(site, PLACE | DELTA) == first


def test_the_yaml_given_away_can_be_given_back(site: Client, tmp_path: Path) -> None:
    answer = site.get(ADDRESS + "parametres.yaml", PLACE | DELTA)
    assert answer["Content-Disposition"].endswith('"parametres.yaml"')
    assert yaml.safe_load(answer.content) == {"exposure.delta.central": 0.6}
    path = tmp_path / "parametres.yaml"
    path.write_bytes(answer.content)
    assert load_parameters(overrides=path).overrides == {"exposure.delta.central": 0.6}


def test_the_published_computation_is_untouched(site: Client, demo_home: Path) -> None:
    pointer = demo_home / "store/current"
    before = pointer.read_bytes(), sorted((demo_home / "store/computations").iterdir())
    text_of(site, PLACE | {"uncertainty.area_effects.sd.iris": "0,4"})
    assert (pointer.read_bytes(), sorted((demo_home / "store/computations").iterdir())) == before


@pytest.mark.parametrize("query", [{"t": "epci:999999999"}, {"t": "' OR 1=1"}])
def test_an_unknown_territory_is_a_clear_404(site: Client, query: dict[str, str]) -> None:
    text_of(site, query, 404)
