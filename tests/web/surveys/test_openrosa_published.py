"""What the site publishes of an edited draft is a form that ODK Validate accepts, of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyxform.validators.odk_validate import check_xform

from portrea.surveys.form import Kind
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.questionnaires import (
    draft_save,
    questionnaire_create,
    version_publish,
)
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NEEDS = {
    Kind.ONE: {"type": "select_one couleur"},
    Kind.SEVERAL: {"type": "select_multiple couleur", "choice_filter": "sorte = 'vive'"},
    Kind.RANK: {"type": "rank couleur"},
    Kind.RANGE: {"parameters": "start=0 end=10 step=1"},
    Kind.CALCULATE: {"calculation": "${q_integer} * 2"},
}
SILENT = {Kind.CALCULATE, Kind.HIDDEN, Kind.START, Kind.END, Kind.TODAY}
CHOICES = [
    {"list_name": "couleur", "name": name, "label": name, "sorte": "vive"}
    for name in ("rouge", "bleu")
]


def questions() -> list[dict[str, str]]:
    """One question of each kind, most inside a group, some inside a repeat."""
    rows = [
        {"type": str(kind), "name": f"q_{kind}".lower(), "label": f"Question {kind}"}
        | NEEDS.get(kind, {})
        for kind in Kind
    ]
    for row in rows:
        if row["type"] in SILENT:
            del row["label"]
    rows[0] |= {"required": "yes", "constraint": "string-length(.) < 50"}
    rows[2] |= {"relevant": "${q_integer} > 3 and selected(${q_select_one}, 'rouge')"}
    return [
        *rows,
        {"type": "begin_group", "name": "g", "label": "Groupe", "relevant": "${q_integer} > 0"},
        {"type": "begin_repeat", "name": "r", "label": "Lignes", "repeat_count": "${q_integer}"},
        {"type": "text", "name": "dans", "label": "Dedans"},
        {"type": "end_repeat"},
        {"type": "end_group"},
    ]


def test_odk_validate_accepts_a_version_of_an_edited_draft(tmp_path: Path) -> None:
    start = {
        "survey": [{"type": "text", "name": "a", "label": "A"}],
        "settings": [{"form_title": "Tout", "form_id": "tout", "version": "1"}],
    }
    made = questionnaire_create(actor=SYSTEM, title="Tout", territory="commune:35238", sheets=start)
    first = version_publish(actor=SYSTEM, key=made.key)
    sheets = start | {"survey": questions(), "choices": CHOICES}
    draft_save(actor=SYSTEM, key=made.key, sheets=sheets, edits=made.edits)
    second = version_publish(actor=SYSTEM, key=made.key)
    assert {question.kind for question in form_of(second.pk).questions()} == set(Kind)
    for version in (first, second):
        path = tmp_path / f"{version.number}.xml"
        path.write_text(version.xform, "utf-8")
        assert check_xform(str(path)) == []
        assert f'version="{version.number}"' in version.xform
