"""Freeze versions of the open data, take one back, publish them on data.gouv.fr."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError, PortreaError
from portrea.base.progress import silent
from portrea.sources.udata import Udata
from portrea.steering.catalogue import editions
from portrea.steering.catalogue.building import STEADY
from portrea.steering.catalogue.datagouv import Publication
from portrea.steering.catalogue.entries import entries
from portrea.steering.code import code_digest
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.offer.census import census_state
from portrea.web.steering.catalogue import selectors
from portrea.web.steering.catalogue.tables import made_of
from portrea.web.territories.living import living_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.progress import Progress
    from portrea.steering.catalogue.datagouv import Step
    from portrea.steering.catalogue.editions import Edition

ACT = "opendata.publish"
FREEZE, TRY, PUBLISH = "figer", "essayer", "publier"
ASKED = (FREEZE, TRY, PUBLISH)
_LAST = "opendata:last"
KEPT = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was last asked, and what it gave: ``lines`` say what was done, or would be."""

    what: str
    at: str
    state: str
    lines: tuple[str, ...] = ()


# -- versions -------------------------------------------------------------------------------------


@act(ACT)
def versions_freeze(
    *, actor: Any, slugs: Sequence[str] = (), progress: Progress = silent
) -> list[Edition]:
    """Freeze a version of every dataset that changed; return the new ones.

    Parameters
    ----------
    slugs
        Datasets to look at; all of them when none is told. An empty table makes no first version.
    """
    where = selectors.covered()
    require(actor, ACT, where)
    current, day = living_reader(), timezone.localdate()
    facts = {
        "state": f"{current.computation_id} {code_digest()} {census_state()}",
        "producer": selectors.publisher(),
        "coverage": name_of(where),
        "computation": current.computation_id,
        "computed_on": current.computed_on,
    }
    chosen = [entry for slug, entry in entries().items() if not slugs or slug in slugs]
    made = []
    for rank, entry in enumerate(chosen):
        progress(rank / len(chosen), entry.title)
        last = editions.latest(settings.PORTREA_HOME, entry.slug)
        if last and entry.family in STEADY and last.card.get("state") == facts["state"]:
            continue
        table = made_of(current, entry)
        if not table.frame.height and last is None:
            continue
        found = editions.freeze(settings.PORTREA_HOME, entry, table, day=day, facts=facts)
        made += [found] if found else []
    progress(1.0, "")
    if made:
        _note(actor, {"versions": [f"{one.slug} {one.version}" for one in made]})
    return made


@act(ACT)
def version_withdraw(*, actor: Any, slug: str, version: str, why: str) -> None:
    """Take the files of a version back; its page stays and says why.

    Raises
    ------
    DataError
        There is no such version, or no reason is given.
    """
    require(actor, ACT, selectors.covered())
    found = editions.find(settings.PORTREA_HOME, slug, version) if slug in entries() else None
    if found is None:
        known = ", ".join(one.version for one in selectors.versions_of(slug)) or _("aucune")
        raise DataError(
            _("Le jeu « %(slug)s » n’a pas de version « %(version)s ».")
            % {"slug": slug, "version": version},
            remedy=_("Versions : %(known)s.") % {"known": known},
        )
    if not why.strip():
        raise DataError(
            _("Une version retirée dit pourquoi."), remedy=_("Donnez une raison, en une phrase.")
        )
    editions.withdraw(found, why.strip())
    _note(actor, {"retirée": f"{slug} {version}"}, why.strip())


# -- data.gouv.fr ---------------------------------------------------------------------------------


@act(ACT)
def datagouv_publish(
    *,
    actor: Any,
    dry_run: bool,
    forms: Sequence[str] = (),
    private: bool = False,
    progress: Progress = silent,
) -> list[Step]:
    """Bring data.gouv.fr up to date with the versions in force; return what changed, or would."""
    require(actor, ACT, selectors.covered())
    client = Udata(
        settings.PORTREA_DATAGOUV_URL,
        settings.PORTREA_DATAGOUV_KEY,
        settings.PORTREA_DATAGOUV_ORGANIZATION,
    )
    with client:
        publication = Publication(
            client, selectors.site_told(), selectors.newest(), forms=forms, private=private
        )
        steps = publication.plan()
        if not dry_run and steps:
            publication.run(steps, progress)
            _note(actor, {"data.gouv.fr": len(steps)})
    return steps


def told_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Say the steps of a publication, one line each."""
    return tuple(f"{step.what} {step.name}" for step in steps)


# -- asked from a page ----------------------------------------------------------------------------


@act(ACT)
@transaction.atomic
def work_ask(*, actor: Any, what: str) -> None:
    """Ask the worker to freeze, to try a publication or to publish."""
    from portrea.web.steering.catalogue.tasks import do_work

    require(actor, ACT, selectors.covered())
    if what not in ASKED:
        raise DataError(_("Cette demande n’existe pas : « %(what)s ».") % {"what": what[:40]})
    _keep(Attempt(what, _now(), "attend"))
    _note(actor, {"demandé": what})
    do_work.enqueue(what)


def work_do(*, actor: Any, what: str, progress: Progress = silent) -> Attempt:
    """Do what was asked, and keep what it gave for the page."""
    try:
        if what == FREEZE:
            made = versions_freeze(actor=actor, progress=progress)
            lines = tuple(f"{one.title} : version {one.version}" for one in made)
        else:
            lines = told_of(datagouv_publish(actor=actor, dry_run=what == TRY, progress=progress))
        found = Attempt(what, _now(), "fait", lines)
    except PortreaError as error:
        lines = (error.message, *map(str, error.diagnostics[:10]), error.remedy)
        found = Attempt(what, _now(), "échec", tuple(filter(None, lines)))
    _keep(found)
    return found


def last_attempt() -> Attempt | None:
    """Return what was last asked, and what it gave."""
    told = caches["shared"].get(_LAST)
    return Attempt(**{**told, "lines": tuple(told["lines"])}) if told else None


def _keep(found: Attempt) -> None:
    caches["shared"].set(_LAST, asdict(found), timeout=KEPT)


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")


def _note(actor: Any, after: dict[str, Any], reason: str = "") -> None:
    journal.record(
        act=ACT, actor=actor, target=("opendata", "catalogue"), territory=selectors.covered(),
        after=after, reason=reason,
    )  # fmt: skip
