"""Changing a draft one thing at a time: two people who change two things do not meet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.surveys import translating
from portrea.surveys.form import Form, Question
from portrea.surveys.xlsform import read_sheets, write_sheets
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.models import Earlier, Questionnaire
from portrea.web.surveys.services.questionnaires import (
    draft_save,
    questionnaire_create,
    questionnaire_to_write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class OvertakenError(DataError):
    """Somebody else changed the same question meanwhile."""


def mark_of(form: Form, name: str) -> str:
    """Return the mark of an item as it stands (its choices too), « » when it is not there."""
    try:
        item = form.item(name)
    except KeyError:
        return ""
    listed = form.lists.get(item.choices, ()) if isinstance(item, Question) else ()
    return hashlib.sha256(repr((item, listed)).encode()).hexdigest()[:16]


@act("survey.prepare")
@transaction.atomic
def draft_edit(
    *,
    actor: Any,
    key: str,
    what: str,
    edit: Callable[[Form], Form],
    seen: tuple[str, str] | None = None,
    read: Collection[str] = (),
) -> Questionnaire:
    """Change one thing of the draft.

    ``seen`` is (name, mark) of what the writer had before her eyes; ``read`` are the translations
    (« language|path ») that she read again.

    Raises
    ------
    OvertakenError
        What she saw was changed by somebody else: nothing is changed.
    DataError
        What is asked is not there any more, or makes no form.
    """
    found = questionnaire_to_write(actor, key)
    before = read_sheets(found.draft).form
    if seen is not None and mark_of(before, seen[0]) != seen[1]:
        raise OvertakenError(
            _("Quelqu’un d’autre a changé cette question pendant que vous l’écriviez."),
            remedy=_("Comparez les deux textes ci-dessous, puis choisissez."),
        )
    try:
        after = edit(before)
    except KeyError as error:
        raise DataError(
            _("« %s » n’est plus dans ce questionnaire.") % error.args[0],
            remedy=_("Quelqu’un l’a peut-être supprimé : voyez les derniers changements."),
        ) from error
    return draft_save(
        actor=actor,
        key=key,
        sheets=write_sheets(after),
        edits=found.edits,
        what=what,
        reread=sorted(set(translating.to_reread(before, after, found.reread)) - set(read)),
    )


@act("survey.prepare")
@transaction.atomic
def draft_undo(*, actor: Any, key: str, change: int) -> Questionnaire:
    """Bring the draft back to what it was before a change; that too can be undone."""
    found = questionnaire_to_write(actor, key)
    earlier = Earlier.objects.filter(questionnaire=found, pk=change).first()
    if earlier is None:
        raise DataError(_("Ce changement est trop ancien : il ne peut plus être annulé."))
    return draft_save(
        actor=actor,
        key=key,
        sheets=earlier.draft,
        edits=found.edits,
        what=_("Retour avant : %s") % earlier.what,
        reread=earlier.reread,
    )


@act("survey.prepare")
def questionnaire_copy(*, actor: Any, key: str, title: str, territory: Any) -> Questionnaire:
    """Start a questionnaire from another one that someone may read."""
    found = Questionnaire.objects.filter(key=key).first()
    if found is None:
        raise DataError(_("Ce questionnaire n’existe plus."))
    require(actor, "survey.prepare", found.territory)
    return questionnaire_create(
        actor=actor, title=title, territory=territory, sheets=found.draft, model=found.model
    )


@act("survey.prepare")
@transaction.atomic
def questionnaire_put_away(*, actor: Any, key: str, away: bool) -> Questionnaire:
    """Put a questionnaire away, or take it back: its versions and its answers stay."""
    found = questionnaire_to_write(actor, key)
    found.archived = timezone.now() if away else None
    found.save(update_fields=["archived"])
    journal.record(
        act="survey.prepare",
        actor=actor,
        target=found,
        territory=found.territory,
        after={"rangé": away},
    )
    return found


@act("survey.prepare")
@transaction.atomic
def questionnaire_retitle(*, actor: Any, key: str, title: str) -> Questionnaire:
    """Give a questionnaire another title, the one that people who answer read."""
    found = questionnaire_to_write(actor, key)
    found.title = title.strip()[:200]
    found.save(update_fields=["title"])

    def edit(form: Form) -> Form:
        return Form(**{name: getattr(form, name) for name in form.__slots__} | {"title": title})

    return draft_edit(actor=actor, key=key, what=_("Titre"), edit=edit)
