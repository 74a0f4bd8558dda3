"""Import a list, import it again, undo it: exactly, and all or nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.offer.census import census_frame, import_diff
from portrea.web.offer.models import ImportBatch, ImportRow, Place, Question, SourceCard
from portrea.web.offer.services import (
    NotTaken,
    import_apply,
    import_receive,
    import_undo,
    place_fix,
    place_id_of,
    place_merge,
    place_rebuild,
)
from web.offer.census import LISTS, applied, only_place, record, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def test_a_list_makes_places_that_can_be_searched():
    batch = applied(
        record(
            "1",
            name="Médiathèque d’Iffendic",
            kind="BIB",
            postcode="35750",
            longitude=-2.03,
            latitude=48.13,
            phone="+33299097609",
            updated="2026-03-01",
            services=[{"block": "depannage", "key": "depannage", "confirmed": "2026-02-01"}],
        ),
        record("2", commune=None, city=None),
    )
    assert batch.counts == {
        "created": 2, "places": 2, "updated": 0, "unchanged": 0, "gone": 0, "refused": 0, "left": 0,
    }  # fmt: skip
    place = Place.objects.get(pk=place_id_of(LISTS, "1"))
    assert (place.commune, place.departement, place.region) == ("35133", "35", "53")
    assert place.situations == 2 + 16  # equipment, and repair apart
    assert place.sort == "iffendic|mediatheque d iffendic"
    assert "35750" in place.search
    assert "bibliotheque" in place.search
    assert (place.updated, place.confirmed) == (date(2026, 3, 1), date(2026, 2, 1))
    assert place.territory == "commune:35133"
    assert 0 < place.completeness < 1
    assert place.content.id == place.pk
    lost = Place.objects.get(pk=place_id_of(LISTS, "2"))
    assert (lost.commune, lost.departement, lost.territory) == ("", "", "france:FR")


def test_the_same_list_again_changes_nothing():
    records = [record("1", updated="2026-01-01"), record("2")]
    applied(*records)
    before = state()
    again = applied(*records)
    assert again.counts["unchanged"] == 2
    assert state() == before
    assert not again.rows.exists()


def test_a_rebuild_of_everything_changes_nothing():
    """What is written fast for new places is what resolution gives."""
    applied(record("1", updated="2026-01-01", phone="1"), record("2", hours="Mo 09:00-12:00"))
    applied(record("1", phone="2", programmes=["France Services"]), source="liste-b")
    before = state()
    assert place_rebuild(places=Place.objects.values_list("pk", flat=True)) == {}
    assert state() == before


def test_a_new_version_changes_adds_and_loses():
    applied(record("1", phone="1"), record("2"), record("3"))
    batch = applied(record("1", phone="9"), record("2"), record("4"), rows={"1": 2, "2": 3, "4": 4})
    assert batch.counts == {
        "created": 1, "places": 1, "updated": 1, "unchanged": 1, "gone": 1, "refused": 0, "left": 0,
    }  # fmt: skip
    rows = {row.source_id: (row.action, row.row) for row in batch.rows.all()}
    assert rows == {"1": ("updated", 2), "4": ("created", 4), "3": ("gone", None)}
    place = Place.objects.get(pk=place_id_of(LISTS, "1"))
    assert (place.record["phone"], place.version, place.edits) == ("9", 2, {"phone": 2})
    gone = Place.objects.get(pk=place_id_of(LISTS, "3"))
    assert (gone.status, gone.listed, gone.name) == ("open", False, "Lieu 3")


def test_a_list_that_only_adds_loses_nothing():
    applied(record("1"), record("2"))
    assert applied(record("3"), whole=False).counts["gone"] == 0
    assert Place.objects.filter(listed=True).count() == 3


def test_what_was_not_taken_is_kept_with_its_reasons():
    refused = NotTaken(7, ("nom absent",), {"nom": "", "ville": "Iffendic"})
    left = NotTaken(8, ("hors de la liste",), left=True)
    batch = applied(record("1"), not_taken=[refused, left])
    assert (batch.counts["refused"], batch.counts["left"]) == (1, 1)
    kept = batch.rows.get(action="refused")
    assert (kept.row, kept.reasons, kept.before["ville"]) == (7, ["nom absent"], "Iffendic")


def test_an_import_is_one_line_of_the_journal():
    batch = applied(record("1"), record("2"))
    line = JournalEntry.objects.get()
    assert (line.act, line.target_id) == ("import.run", str(batch.pk))
    assert line.after["created"] == 2


def test_two_rows_of_one_identifier_stop_everything():
    batch = import_receive(actor=SYSTEM, source=LISTS)
    with pytest.raises(DataError, match="deux fois"):
        import_apply(actor=SYSTEM, batch=batch, places=[record("1"), record("1")])
    assert not Place.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "received"


def test_an_import_is_applied_once():
    batch = applied(record("1"))
    with pytest.raises(DataError, match="appliqué"):
        import_apply(actor=SYSTEM, batch=batch, places=[])


def test_a_row_known_to_be_a_place_joins_it():
    applied(record("1", phone="1"))
    place = only_place()
    applied(record("z", summary="dit par b"), source="liste-b", attach={"z": place.pk})
    place = only_place()
    assert (place.record["phone"], place.record["summary"]) == ("1", "dit par b")
    assert place.cards.count() == 2
    with pytest.raises(DataError, match="n’existe pas"):
        applied(record("y"), source="liste-b", attach={"y": "nulle-part"})


def test_who_may_import(person: Callable[..., User]):
    agent = person("technicien departement:35")
    here = import_receive(actor=agent, source=LISTS, level="commune", code="35133")
    assert here.by == agent
    with pytest.raises(RefusedError):
        import_receive(actor=agent, source=LISTS, level="departement", code="22")
    with pytest.raises(RefusedError):
        import_receive(
            actor=person("elu departement:35"), source=LISTS, level="commune", code="35133"
        )


# -- dates ----------------------------------------------------------------------------------------


def test_an_undated_list_is_as_old_as_the_day_it_was_learned():
    applied(record("1", phone="1"), today=date(2026, 1, 1))
    assert SourceCard.objects.get().told == date(2026, 1, 1)
    applied(record("1", phone="2"), today=date(2026, 5, 1))
    assert SourceCard.objects.get().told == date(2026, 5, 1)


def test_a_list_that_changes_under_an_old_date_is_news():
    applied(record("1", phone="1", updated="2020-01-01"), today=date(2026, 1, 1))
    place = only_place()
    place_fix(actor=SYSTEM, place_id=place.pk, version=1, changes={"phone": "9"})
    applied(record("1", phone="3", updated="2020-01-01"), today=date(2100, 1, 1))
    assert only_place().record["phone"] == "9"
    question = Question.objects.get()
    assert (question.path, question.told, question.fixed) == ("phone", "3", "9")


# -- before ---------------------------------------------------------------------------------------


def test_the_preview_tells_what_the_import_does():
    applied(record("1", phone="1", updated="2026-01-01"), record("2"), record("3"))
    news = [record("1", phone="9", updated="2026-02-01"), record("2"), record("4")]
    before = state()
    diff = import_diff(actor=SYSTEM, source=LISTS, places=news)
    assert state() == before
    assert [r.id for r in diff.created] == ["4"]
    (changed,) = diff.changed
    assert changed.changes == {
        "phone": ("1", "9"),
        "updated": (date(2026, 1, 1), date(2026, 2, 1)),
    }
    assert diff.unchanged == 1
    assert [card.source_id for card in diff.gone] == ["3"]
    batch = applied(*news)
    assert (batch.counts["created"], batch.counts["updated"]) == (1, 1)
    assert (batch.counts["unchanged"], batch.counts["gone"]) == (1, 1)


# -- undo -----------------------------------------------------------------------------------------


def test_undoing_gives_the_very_census_back():
    applied(record("1", phone="1", updated="2026-01-01"), record("2"), record("3"))
    applied(record("z", summary="b"), source="liste-b")
    before = state()
    batch = applied(record("1", phone="9", updated="2026-06-01"), record("2"), record("4"))
    assert state() != before
    undone = import_undo(actor=SYSTEM, batch=batch)
    assert undone.state == "undone"
    assert state() == before
    with pytest.raises(DataError, match="défait"):
        import_undo(actor=SYSTEM, batch=batch)


def test_undoing_the_first_import_leaves_nothing():
    batch = applied(record("1"), record("2"))
    import_undo(actor=SYSTEM, batch=batch)
    assert not Place.objects.exists()
    assert not SourceCard.objects.exists()
    assert applied(record("1")).counts["created"] == 1


def test_imports_are_undone_the_newest_first():
    first = applied(record("1", phone="1"))
    second = applied(record("1", phone="2"))
    with pytest.raises(DataError, match=f"n° {second.pk}"):
        import_undo(actor=SYSTEM, batch=first)
    import_undo(actor=SYSTEM, batch=second)
    import_undo(actor=SYSTEM, batch=first)
    assert not Place.objects.exists()


def test_fixes_made_since_outlive_the_undoing():
    applied(record("1", phone="1"))
    batch = applied(record("1", phone="2"), record("2"))
    for place in Place.objects.order_by("pk"):
        changes = {"summary": f"vu sur place {place.name}"}
        place_fix(actor=SYSTEM, place_id=place.pk, version=place.version, changes=changes)
    undone = import_undo(actor=SYSTEM, batch=batch)
    old = Place.objects.get(pk=place_id_of(LISTS, "1"))
    assert (old.record["phone"], old.record["summary"]) == ("1", "vu sur place Lieu 1")
    made = Place.objects.get(pk=place_id_of(LISTS, "2"))
    assert (made.status, made.record["summary"]) == ("hidden", "vu sur place Lieu 2")
    assert undone.counts["hidden"] == 1
    applied(record("1", phone="2"), record("2"))
    made.refresh_from_db()
    assert (made.status, made.listed) == ("open", True)


def test_undoing_parts_the_places_it_made():
    applied(record("1", phone="1"))
    before = state()
    batch = applied(record("z", summary="b"), source="liste-b")
    first, second = place_id_of(LISTS, "1"), place_id_of("liste-b", "z")
    place_merge(actor=SYSTEM, kept=second, absorbed=first)
    import_undo(actor=SYSTEM, batch=batch)
    assert state() == before


def test_the_table_of_places_is_the_census():
    applied(record("1"), record("2", kind="MUNI"))
    frame = census_frame()
    assert frame["situations"].to_list().count(["information"]) == 1
    assert frame.height == 2
    assert census_frame(communes=["22001"]).is_empty()


def test_counts_of_a_batch_are_those_of_its_rows():
    applied(record("1"), record("2"))
    batch = applied(record("1", phone="1"), record("3"))
    counted = {
        action: ImportRow.objects.filter(batch=batch, action=action).count()
        for action in ("created", "updated", "gone")
    }
    assert counted == {name: batch.counts[name] for name in counted}
    assert ImportBatch.objects.count() == 2
