"""Facts read from the portrait and the places: the same numbers as the portrait shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.estimates import integer
from portrea.steering import measures
from portrea.steering.committee import Fact
from portrea.steering.helping import offer_of
from portrea.steering.offer_counts import offer_counts
from portrea.steering.subject import Subject
from portrea.steering.take_up_words import bounds, shown
from portrea.steering.wording import mark
from portrea.vocab.situations import Situation
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Place
from portrea.web.rights.take_up.selectors import take_up_report
from portrea.web.steering.committee.facts import measures_of, stale_places, zone_facts
from portrea.web.steering.pack_selectors import pack_of
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portrea.steering.reading import AreaEstimate

WHEELCHAIR = "fauteuil:oui"
"""Tag of the places that say that they receive a person in a wheelchair."""
BEYOND_20 = 4
"""Column of the table of access that tells the share beyond twenty minutes."""
SHARES = ("a1", "a2", "a3", "b")
"""Measures whose share is compared with France's: the first one available."""


def key_figures(territory: str, _today: date) -> Iterator[Fact]:
    """Yield the key figures of the portrait."""
    yield from measures_of(territory).values()


def shares(territory: str, _today: date) -> Iterator[Fact]:
    """Yield the share of persons at risk, here and in France, in percents."""
    reader = living_reader()
    level, _colon, code = territory.partition(":")
    for measure in SHARES:
        own, france = (reader.estimate(*key, measure) for key in ((level, code), ("france", "FR")))
        if own is not None and france is not None and own.available and france.available:
            label = measures.words(measure).label
            day, source = reader.computed_on, _("calcul {}").format(reader.computation_id[:8])
            for key, estimate, where in (("part", own, ""), ("part_france", france, _(", France"))):
                yield _share(key, f"{label}{where}", estimate, day, source)
            return


def _share(key: str, label: str, estimate: AreaEstimate, day: str, source: str) -> Fact:
    number = measures.share_number(estimate)
    value, low, high = (
        None if one is None else round(100 * one, 1)
        for one in (number.value, number.low, number.high)
    )
    return Fact(key, key, label, number.text, value, low, high, None, day, source)


def access(territory: str, _today: date) -> Iterator[Fact]:
    """Yield the share of persons beyond twenty minutes, as the pack tells it."""
    pack = pack_of(territory)
    table = next((one for one in pack.tables() if one.id == "acces-situations"), None)
    rows = {row[0].text: row for row in table.rows} if table else {}
    row = rows.get(Situation.AIDE.label) or next(iter(rows.values()), None)
    if row is None or row[BEYOND_20].value is None:
        return
    cell = row[BEYOND_20]
    percent = round(100 * (cell.value or 0.0), 1)
    yield Fact(
        "loin", "loin", _("Part à plus de 20 minutes d’une aide"), cell.text, percent,
        day=pack.computed_on, source=_("calcul {}").format(pack.computation_id[:8]),
    )  # fmt: skip


def zones(territory: str, _today: date) -> Iterator[Fact]:
    """Yield the first priority areas."""
    yield from zone_facts(territory)


def places(territory: str, today: date) -> Iterator[Fact]:
    """Yield the counts of places; nothing where none is known, which does not mean none."""
    reader = living_reader()
    subject = Subject.of(reader, territory_find(territory))
    known = subject.places
    if not known.height:
        return
    found = offer_counts(known, offer_of(reader).services_of(known["id"].to_list(), day=today))
    counts = {
        "lieux": (_("Lieux d’aide connus"), found.places),
        "horaires": (_("Lieux aux horaires connus"), found.hours),
        "horaires_inconnus": (_("Lieux aux horaires inconnus"), found.unknown),
        "soirs": (_("Lieux ouverts après 18 h"), found.evenings),
        "samedis": (_("Lieux ouverts le samedi"), found.saturdays),
        "formation": (_("Lieux où l’on apprend"), found.training),
    }
    if found.told:
        counts["capacites"] = (_("Lieux qui disent s’ils sont saturés"), found.told)
        counts["satures"] = (_("Lieux qui disent être saturés"), found.full)
    for key, (label, count) in counts.items():
        yield counted(key, label, count, today, _("lieux connus"))
    yield named("sans_lieu", _("Besoins sans aucun lieu connu"), found.lacking, today)


def census(territory: str, today: date) -> Iterator[Fact]:
    """Yield what only the census tells: sheets to confirm, places that receive wheelchairs."""
    for fact in stale_places(territory, today):
        if fact.key == "fiches":
            number = round(fact.value or 0)
            yield counted("fiches", _("Fiches à confirmer"), number, today, fact.source)
    rows = places_in(territory).filter(status=Place.Status.OPEN)
    if rows.exists():
        number = rows.filter(tags__contains=WHEELCHAIR).count()
        label = _("Lieux qui disent recevoir en fauteuil")
        yield counted("fauteuil", label, number, today, _("recensement"))


def take_up(territory: str, _today: date) -> Iterator[Fact]:
    """Yield how many do not claim a right, as the section of rights says it first."""
    level, _colon, code = territory.partition(":")
    report = take_up_report(level, code)
    row = next((one for one in report.rows if one.told.unclaimed is not None), None)
    if row is None or row.figure is None:
        return
    number = shown(row.told.unclaimed, level)
    line = row.told.line
    text = f"{line.label} : {bounds(row.told.unclaimed, level)} {line.unit}"
    yield Fact(
        "non_recours", "non_recours", _("Ne demandent pas leur droit (ordre de grandeur)"),
        mark(text), None, number.low, number.high, None, "", f"{_('effectifs')} {row.figure.year}",
    )  # fmt: skip


def counted(key: str, label: str, number: int, today: date, source: str) -> Fact:
    """Return a count as a fact of today."""
    return Fact(key, key, label, integer(number), number, day=today.isoformat(), source=source)


def named(key: str, label: str, names: tuple[str, ...], today: date) -> Fact:
    """Return a list of names as a fact of today."""
    text = ", ".join(names) or _("aucun")
    return Fact(key, key, label, text, members=names, day=today.isoformat())
