"""Writing a questionnaire, and publishing a version of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.sources.xlsform import make_xform
from portrea.surveys.translating import whole
from portrea.surveys.xlsform import read_sheets, write_sheets
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.surveys.models import Earlier, Questionnaire, Version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.surveys.form import Form
    from portrea.surveys.xlsform import Sheets

UNDONE = 30
"""Changes of a draft that can be undone."""


@act("survey.prepare")
@transaction.atomic
def questionnaire_create(
    *, actor: Any, title: str, territory: Any, sheets: Sheets, model: str = ""
) -> Questionnaire:
    """Start a questionnaire from sheets (a ready model, an imported workbook, another one).

    Raises
    ------
    DataError
        The sheets are no form; its diagnostics say where and how to mend them.
    """
    level, code = key_of(territory)
    require(actor, "survey.prepare", (level, code))
    form = read_sheets(sheets).form
    made = Questionnaire.objects.create(
        name=form.name[:64],
        title=title.strip()[:200] or form.title,
        level=level,
        code=code,
        model=model,
        draft=_with_language(sheets, form),
        by=Actor.of(actor).user,
    )
    _write(actor, made, {"titre": made.title, "modèle": model})
    return made


@act("survey.prepare")
@transaction.atomic
def draft_save(
    *,
    actor: Any,
    key: str,
    sheets: Sheets,
    edits: int,
    what: str = "",
    reread: Sequence[str] | None = None,
) -> Questionnaire:
    """Replace the draft; ``edits`` is its count of changes when the writer read it.

    The draft as it was is kept under ``what`` (the change, in French), to be undone; ``reread``
    names the translations to be read again.

    Raises
    ------
    DataError
        The sheets are no form, or somebody else wrote the draft meanwhile: nothing is changed.
    """
    found = questionnaire_to_write(actor, key)
    if found.edits != edits:
        raise DataError(
            "Quelqu’un d’autre a modifié ce questionnaire pendant ce temps.",
            remedy="Rechargez la page : vous verrez ses changements, puis refaites le vôtre.",
        )
    form = read_sheets(sheets).form
    _keep_earlier(found, what)
    found.draft = _with_language(sheets, form)
    found.edits += 1
    found.reread = found.reread if reread is None else sorted(reread)
    found.save(update_fields=["draft", "edits", "reread"])
    return found


@act("survey.prepare")
@transaction.atomic
def version_publish(*, actor: Any, key: str) -> Version:
    """Make a version of the draft: from then on it never changes.

    The same draft published again is the same version.
    """
    found = questionnaire_to_write(actor, key)
    form = read_sheets(found.draft).form
    last = found.versions.first()
    if last is not None and _same(last.sheets, found.draft):
        return last
    number = _number(found)
    sheets = plain(write_sheets(form))
    sheets["settings"][0] |= {"version": number, "form_id": found.name}
    xform = make_xform(_said_everywhere(sheets)).xml
    digest = hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest()
    version = Version.objects.create(
        questionnaire=found, number=number, sheets=sheets, xform=xform, digest=digest
    )
    found.draft = sheets
    found.save(update_fields=["draft"])
    _write(actor, found, {"version": number})
    return version


def questionnaire_to_write(actor: Any, key: str) -> Questionnaire:
    """Return a questionnaire that someone may write, locked until the end of the transaction."""
    found = Questionnaire.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError("Ce questionnaire n’existe plus.")
    require(actor, "survey.prepare", found.territory)
    return found


def plain(sheets: Sheets) -> dict[str, list[dict[str, str]]]:
    """Return sheets as they are kept: lists of mappings of texts."""
    return {name: [dict(row) for row in rows] for name, rows in sheets.items()}


def _with_language(sheets: Sheets, form: Form) -> dict[str, list[dict[str, str]]]:
    """Return sheets as they are kept, the language of the first column said to be the main one.

    A file may leave it to the order of its columns, that PostgreSQL does not keep.
    """
    kept = plain(sheets)
    if "" not in form.languages:
        first, *others = kept.get("settings") or [{}]
        kept["settings"] = [first | {"default_language": form.languages[0]}, *others]
    return kept


def _keep_earlier(found: Questionnaire, what: str) -> None:
    Earlier.objects.create(
        questionnaire=found,
        edits=found.edits,
        what=what[:200],
        draft=found.draft,
        reread=found.reread,
    )
    kept = list(found.earlier.values_list("pk", flat=True)[:UNDONE])
    found.earlier.exclude(pk__in=kept).delete()


def _said_everywhere(sheets: Sheets) -> Sheets:
    """Return sheets where the original stands for what is not translated (« - » otherwise)."""
    return write_sheets(whole(read_sheets(sheets).form))


def _same(one: Sheets, other: Sheets) -> bool:
    return plain(one) == plain(other)


def _number(found: Questionnaire) -> str:
    """Return the next number: the day, then a rank of two figures, as ODK advises."""
    day = timezone.localdate().strftime("%Y%m%d")
    rank = found.versions.filter(number__startswith=day).count() + 1
    return f"{day}{rank:02d}"


def _write(actor: Any, found: Questionnaire, after: dict[str, Any]) -> None:
    journal.record(
        act="survey.prepare", actor=actor, target=found, territory=found.territory, after=after
    )
