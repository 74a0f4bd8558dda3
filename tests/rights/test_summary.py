"""The summary: what this site writes is read back; anything else is refused, saying where."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from portrea.base.errors import DataError
from portrea.rights.catalogue import rights
from portrea.rights.hints import Cover, Hint, Saying
from portrea.rights.summary import check_summary, summary_of

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(
    (ROOT / "docs/utilisateurs/reference/resume-des-droits.schema.json").read_text("utf-8")
)
HINTS = (
    Hint(rights()["rsa"], Saying.PROBABLE, 573, 573),
    Hint(rights()["c2s"], Saying.POSSIBLE, stale=True, cover=Cover.UNSURE),
    Hint(rights()["aspa"], Saying.NO),
)


def made() -> dict[str, Any]:
    """A summary as it comes back from a file."""
    told = [{"name": "age", "label": "Votre âge", "value": "42 ans"}]
    kept = summary_of(
        HINTS, told=told, day=date(2026, 11, 23), month="2026-11", assumed=["Sans loyer."]
    )
    return dict(json.loads(json.dumps(kept)))


def test_what_is_written_follows_the_schema_and_is_read_back() -> None:
    told = made()
    jsonschema.validate(told, SCHEMA)
    assert check_summary(told) == told
    assert told["warning"] == "Estimation : seul l’organisme décide."
    assert told["engine"] == "openfisca-france 176.1.8"
    assert [one["name"] for one in told["rights"]] == ["rsa", "c2s", "aspa"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "autre"}, "n’est pas un résumé"),
        ({"version": 2}, "autre version"),
        ({"written": "hier"}, "written"),
        ({"assumed": "tout"}, "assumed"),
        ({"answers": [{"name": "age"}]}, "answers"),
        ({"rights": {}}, "rights"),
        ({"engine": "x" * 301}, "engine"),
    ],
)
def test_something_else_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        check_summary({**made(), **change})


@pytest.mark.parametrize(
    "change",
    [{"name": "loto"}, {"saying": "sûr"}, {"low": -1}, {"low": 600}, {"cover": "x"}, {"high": "9"}],
)
def test_a_right_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    told = copy.deepcopy(made())
    told["rights"][0] |= change
    with pytest.raises(DataError, match="n° 1"):
        check_summary(told)


@pytest.mark.parametrize("other", [None, [], "texte", 3])
def test_what_is_no_object_is_refused(other: Any) -> None:
    with pytest.raises(DataError):
        check_summary(other)
