"""The 29 real lists: every one imports, and every row is accounted for."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import yaml

from portrea.offer.content import from_dict, to_dict
from portrea.offer.importing.people import personal_email

ROOT = Path(__file__).parents[3]
FILES = yaml.safe_load((ROOT / "tests/cases/offer/importing/files.yaml").read_text("utf-8"))
spec = importlib.util.spec_from_file_location("imports_reels", ROOT / "scripts/imports_reels.py")
assert spec is not None
assert spec.loader is not None
script = importlib.util.module_from_spec(spec)
import sys  # noqa: E402 - a dataclass looks for its module there

sys.modules[spec.name] = script
spec.loader.exec_module(script)
pytestmark = [pytest.mark.shared, pytest.mark.slow]


def test_the_list_of_files_is_whole(shared_data):
    names = {path.name.removesuffix(".csv.gz") for path in (shared_data / "offer_raw").iterdir()}
    assert set(FILES["read"]) == names
    assert set(FILES["not_accepted"]) <= names


@pytest.mark.parametrize("name", FILES["read"])
def test_rows_of_a_real_list(shared_data, name):
    line = script.line_of(shared_data / "offer_raw" / f"{name}.csv.gz")
    refused, left_out = FILES["not_accepted"].get(name, [0, 0])
    assert line.read == FILES["read"][name]
    assert (line.refused, line.left_out) == (refused, left_out)
    assert line.accepted == line.read - refused - left_out
    page = script.PAGE.read_text("utf-8")
    assert f"| {name} | {line.how} | {script.integer(line.read)} |" in page


@pytest.mark.parametrize(
    "name", ["paca_2022", "hdf_siilab_export_brut_2018-2020", "idf_francilin_2020"]
)
def test_places_of_a_real_list_are_sound(shared_data, name):
    result = script.import_file(shared_data / "offer_raw" / f"{name}.csv.gz")
    for place in result.places:
        assert from_dict(json.loads(json.dumps(to_dict(place)))) == place
        assert place.latitude is None or -25 < place.latitude < 52
        assert not any(personal_email(e, place.name, place.city or "")[1] for e in place.emails)
        assert not any("<" in site for site in place.websites)
