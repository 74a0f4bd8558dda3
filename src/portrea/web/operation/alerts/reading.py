"""The alerts of the site: one function by subject, each says what, since when and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import yaml
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from portrea.base.errors import StoreError
from portrea.rights.catalogue import until
from portrea.sources.store import Store
from portrea.vocab.days_off import last_school_day
from portrea.web.offer.models import Place
from portrea.web.operation.alerts import measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.sources.datasets import Dataset

WEEK = timedelta(days=7)
BROKEN, WATCH = "broken", "watch"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at: ``broken`` (people are hurt now) or ``watch`` (they will be)."""

    key: str
    level: Literal["broken", "watch"]
    what: str
    remedy: str
    details: tuple[str, ...] = ()


def alerts(today: date | None = None) -> list[Alert]:
    """Return what should be looked at, the broken things first."""
    day = today or timezone.localdate()
    found = [alert for subject in SUBJECTS for alert in subject(day)]
    return sorted(found, key=lambda alert: alert.level != BROKEN)


@cache
def limits() -> dict[str, Any]:
    """Return the ages from which a thing is old (``limits.yaml``)."""
    text = files("portrea.web.operation.alerts").joinpath("limits.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _days(name: str) -> timedelta:
    return timedelta(days=limits()[name])


def _told(day: date) -> str:
    return date_format(day, "j F Y")


# -- data ------------------------------------------------------------------------------------------


def _sources(today: date) -> Iterator[Alert]:
    """Tell the sources older than the limit of their kind: ours, their card declares none."""
    try:
        datasets = Store(settings.PORTREA_HOME).datasets()
    except StoreError:
        return
    old = sorted({name for dataset in datasets if (name := old_source(dataset, today))})
    if old:
        yield Alert(
            "sources", WATCH, _("Sources anciennes : %s.") % len(old),
            _("Cherchez des versions plus récentes, puis « portrea data add FICHIER »."),
            tuple(old),
        )  # fmt: skip


def old_source(dataset: Dataset, today: date) -> str:
    """Say that a dataset is old, in a sentence; nothing when it is not, or bears no date."""
    card = dataset.provenance
    names = {"title": card.title, "producer": card.producer}
    if "places" in dataset.rows:
        received = _iso(card.retrieved)
        if received is None or today - received <= _days("lists"):
            return ""
        told = names | {"day": _told(received)}
        return _("Liste de lieux reçue le %(day)s : %(title)s (%(producer)s).") % told
    year = card.vintage[:4]
    if not year.isdigit() or today - date(int(year), 12, 31) <= _days("figures"):
        return ""
    told = names | {"year": year}
    return _("Chiffres de %(year)s : %(title)s (%(producer)s).") % told


def _iso(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _computation(today: date) -> Iterator[Alert]:
    age = measured.computation_age()
    if age is None:
        yield Alert(
            "computation", BROKEN, _("Aucun calcul n’est en vigueur : le site ne montre rien."),
            _("Lancez « portrea compute »."),
        )  # fmt: skip
    elif timedelta(seconds=age) > _days("computation"):
        day = today - timedelta(seconds=age)
        yield Alert(
            "computation", WATCH, _("Le calcul en vigueur date du %s.") % _told(day),
            _("Ajoutez les données nouvelles, puis « portrea compute »."),
        )  # fmt: skip


def _places(today: date) -> Iterator[Alert]:
    """Open places that nobody confirmed for long: told when they are most of them."""
    shown = Place.objects.filter(status=Place.Status.OPEN)
    total = shown.count()
    before = today - _days("confirmed")
    old = shown.filter(Q(confirmed=None) | Q(confirmed__lt=before)).count()
    if total and old / total > limits()["unconfirmed"]:
        told = {"old": old, "total": total, "days": limits()["confirmed"]}
        yield Alert(
            "places", WATCH,
            _("%(old)s fiches ouvertes sur %(total)s, pas confirmées depuis %(days)s jours.")
            % told,
            _("Les référents peuvent lancer une campagne de confirmation."),
        )  # fmt: skip


def _parameters(today: date) -> Iterator[Alert]:
    month = until()
    end = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if end - today > _days("parameters"):
        return
    yield Alert(
        "openfisca", BROKEN if end < today else WATCH,
        _("Les montants des droits sont connus jusqu’au %s.") % _told(end),
        _("Mettez Portrea à jour : les barèmes suivants viennent avec la version suivante."),
    )  # fmt: skip


def _holidays(today: date) -> Iterator[Alert]:
    last = last_school_day()
    if last - today <= _days("holidays"):
        yield Alert(
            "holidays", WATCH,
            _("Les vacances scolaires sont connues jusqu’au %s.") % _told(last),
            _("Mettez Portrea à jour : le calendrier suivant vient avec la version suivante."),
        )  # fmt: skip


# -- machine ---------------------------------------------------------------------------------------


def _backup(_today: date) -> Iterator[Alert]:
    age = measured.backup_age(settings.PORTREA_HOME)
    remedy = _("Lancez « portrea backup », puis rendez-la régulière (guide « Sauvegarder »).")
    if age is None:
        yield Alert("backup", WATCH, _("Aucune sauvegarde n’est connue."), remedy)
    elif timedelta(seconds=age) > _days("backup_watch"):
        level = BROKEN if timedelta(seconds=age) > _days("backup_broken") else WATCH
        told = _("La dernière sauvegarde date de %s jours.") % round(age / 86_400)
        yield Alert("backup", level, told, remedy)
    elif not measured.last_backup(settings.PORTREA_HOME).get("verified"):
        yield Alert(
            "backup", WATCH, _("La dernière sauvegarde n’a pas été vérifiée."),
            _("Lancez « portrea backup --verify »."),
        )  # fmt: skip


def _queue(_today: date) -> Iterator[Alert]:
    delay = measured.queue_delay()
    if delay > measured.LATE:
        yield Alert(
            "queue", BROKEN, _("Un travail attend depuis %s minutes.") % round(delay / 60),
            _("Vérifiez que « portrea worker » tourne, sur une machine au moins."),
        )  # fmt: skip
    failed = DBTaskResult.objects.failed().filter(finished_at__gte=timezone.now() - WEEK).count()
    if failed:
        yield Alert(
            "failures", WATCH, _("Travaux en échec depuis sept jours : %s.") % failed,
            _("Le tableau des travaux dit pourquoi, et permet de recommencer."),
        )  # fmt: skip


def _mail(today: date) -> Iterator[Alert]:
    count = measured.mail_totals(today - WEEK)["failed"]
    if count:
        yield Alert(
            "mail", WATCH, _("Courriels qui ne sont pas partis depuis sept jours : %s.") % count,
            _("Lancez « portrea email check »."),
        )  # fmt: skip


def _disk(_today: date) -> Iterator[Alert]:
    free = measured.free_bytes()
    if free < limits()["disk"]:
        yield Alert(
            "disk", BROKEN, _("Il reste %s Mo sur le disque.") % (free // 1_000_000),
            _("Faites de la place : anciennes sauvegardes, anciens calculs."),
        )  # fmt: skip


SUBJECTS = (
    _computation, _queue, _disk, _backup, _mail, _sources, _places, _parameters, _holidays
)  # fmt: skip
