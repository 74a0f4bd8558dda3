"""An edition: frozen from the portrait of today, published at its address, withdrawn."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.steering.code import code_digest
from portrea.steering.edition_changes import changes_section
from portrea.steering.editions import compared
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import kept
from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.editions.selectors import document_of, to_read_again
from portrea.web.steering.models import Edition

if TYPE_CHECKING:
    from portrea.steering.document import Portrait

NAMES = re.compile(r"\d{4}(-[a-z0-9]{1,12}){0,2}")
"""How an edition is named: a year first, then what tells it from others: « 2026-11 »."""


@act("portrait.publish")
@transaction.atomic
def edition_freeze(
    *, actor: Any, territory: Any, name: str, title: str, since: Edition | None = None
) -> Edition:
    """Freeze the complete portrait as it is now; nobody but the team reads it yet.

    Parameters
    ----------
    since
        A former edition: what changed since opens the new one.

    Raises
    ------
    DataError
        The name is taken or badly formed, or no part of the portrait has anything to tell.
    """
    level, code = key_of(territory)
    require(actor, "portrait.publish", (level, code))
    if not NAMES.fullmatch(name):
        raise DataError(
            _("Le nom « {} » ne convient pas à une adresse.").format(name),
            remedy=_("Commencez par l’année, sans espace : 2026, ou 2026-11."),
        )
    document = _document(f"{level}:{code}", name, kept(title, 120), since)
    told = json.dumps(document.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()
    card = {
        "content": gzip.compress(told, 6, mtime=0),
        "digest": hashlib.sha256(told).hexdigest(),
        "computation": document.computation_id,
        "version": f"{settings.PORTREA_VERSION} ({code_digest()[:8]})",
        "title": kept(title, 120),
    }
    try:
        with transaction.atomic():
            made = Edition.objects.create(level=level, code=code, name=name, **card)
    except IntegrityError as error:
        raise DataError(
            _("Une édition porte déjà le nom « {} ».").format(name),
            remedy=_("Choisissez-en un autre, par exemple {}-bis.").format(name),
        ) from error
    _record(actor, made, {"figée": made.name, "empreinte": made.digest})
    return made


def _document(territory: str, name: str, title: str, since: Edition | None) -> Portrait:
    document = complete_of(territory)
    if not document.sections:
        raise DataError(
            _("Aucune partie n’a encore de contenu."), remedy=_("Montrez au moins une section.")
        )
    if since is not None and since.territory != territory:
        raise DataError(
            _("Cette édition est celle d’un autre territoire."), remedy=_("Choisissez-en une ici.")
        )
    sections = document.sections
    if since is not None:
        changes = compared(document_of(since), document)
        sections = (changes_section(changes, since.name, name), *sections)
    return replace(document, subtitle=f"{title} · {document.subtitle}", sections=sections)


@act("portrait.publish")
@transaction.atomic
def edition_publish(*, actor: Any, edition: Edition, read_again: bool) -> Edition:
    """Make an edition public.

    Raises
    ------
    DataError
        It was withdrawn, or what it tells of somebody was not read again.
    """
    found = _to_change(actor, edition)
    if found.withdrawn is not None:
        raise DataError(
            _("Cette édition a été retirée : elle ne revient pas."),
            remedy=_("Figez-en une nouvelle."),
        )
    named = to_read_again(found)
    if named and not read_again:
        raise DataError(
            _("Ce portrait contient peut-être : {}.").format(" ; ".join(one.text for one in named)),
            remedy=_("Relisez, puis cochez la case ; sinon changez le texte et figez de nouveau."),
        )
    if found.published is None:
        found.published = timezone.now()
        found.save(update_fields=["published"])
        _record(actor, found, {"publiée": found.name})
    return found


@act("portrait.publish")
@transaction.atomic
def edition_withdraw(*, actor: Any, edition: Edition, reason: str) -> Edition:
    """Take an edition away from the public: its address answers that it was withdrawn, and why.

    Raises
    ------
    DataError
        No reason is given, or it is not public.
    """
    found = _to_change(actor, edition)
    told = kept(reason, 300)
    if not told:
        raise DataError(
            _("Dites pourquoi l’édition est retirée."),
            remedy=_("Une phrase que tout le monde lit."),
        )
    if not found.public:
        raise DataError(_("Cette édition n’est pas publiée."), remedy=_("Rechargez la page."))
    found.withdrawn, found.reason = timezone.now(), told
    found.save(update_fields=["withdrawn", "reason"])
    _record(actor, found, {"retirée": found.name})
    return found


@act("portrait.publish")
@transaction.atomic
def edition_discard(*, actor: Any, edition: Edition) -> None:
    """Erase an edition that nobody could read: frozen by mistake, never published."""
    found = _to_change(actor, edition)
    if found.published is not None:
        raise DataError(
            _("Cette édition a été publiée : elle ne s’efface pas."), remedy=_("Retirez-la.")
        )
    _record(actor, found, {"effacée avant publication": found.name})
    found.delete()


def _to_change(actor: Any, edition: Edition) -> Edition:
    found = Edition.objects.select_for_update().defer("content").get(pk=edition.pk)
    require(actor, "portrait.publish", found.territory)
    return found


def _record(actor: Any, edition: Edition, after: dict[str, Any]) -> None:
    journal.record(
        act="portrait.publish",
        actor=actor,
        target=edition,
        territory=edition.territory,
        after=after,
    )
