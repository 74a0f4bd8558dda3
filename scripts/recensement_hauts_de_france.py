"""Show the census on four real lists of the Hauts-de-France, from import to export.

``python scripts/recensement_hauts_de_france.py`` writes
``docs/utilisateurs/reference/recensement-hauts-de-france.md``: figures only, no cell of any file.
A test runs the same steps and compares every figure.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import time_machine

from portrea.base.estimates import integer

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT.parent / "shared" / "data" / "offer_raw"
PAGE = ROOT / "docs" / "utilisateurs" / "reference" / "recensement-hauts-de-france.md"
LISTS = (
    "hdf_siilab_export_brut_2018-2020",
    "hdf_siilab_export_normalise",
    "hdf_lieux_mediation_numerique_standard_2022-12",
    "hdf_lieux_avec_agregats_carreaux_filosofi_2017",
)
TOLD_ANEW = LISTS[2]
UNDONE = LISTS[3]
REGION = "region:32"
DEPARTEMENTS = frozenset({"02", "59", "60", "62", "80"})
TODAY = dt.date(2026, 11, 22)
UNDATED = dt.date(2022, 12, 31)
"""Written where no list tells a date: that of the newest of the four."""
JUDGED = 10
"""Pairs of the queue that the référent judges: half are one place, half are two."""
PHONE = "+3319900{:04d}"
"""Numbers kept for fiction."""
NOTICE = "<!-- Écrit par scripts/recensement_hauts_de_france.py : ne pas modifier à la main. -->"
FILES = {
    "mednum": "mednum.csv",
    "mednum-5": "mednum-5.csv",
    "data-inclusion": "data-inclusion.json",
    "csv": "capacite.csv",
    "geojson": "lieux.geojson",
    "xlsx": "lieux.xlsx",
    "geoparquet": "lieux.parquet",
}
JUDGED_FILES = ("mednum", "mednum-5", "data-inclusion", "csv")
"""Standards that a validator knows; the others are opened again and counted."""


@dataclass
class Shown:
    """Every figure of the demonstration, in the order of the steps."""

    lists: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    exports: list[tuple[str, int, int, str]] = field(default_factory=list)
    verdicts: list[tuple[str, str, int | str]] = field(default_factory=list)
    """Standard, validator, refusals (why it does not judge, in place of a number)."""


@time_machine.travel(f"{TODAY}T09:00:00Z")
def show(folder: Path, target: Path, referent: Any) -> Shown:
    """Run every step on an empty census; ``referent`` keeps the région, files go to ``target``."""
    shown = Shown()
    batches = import_lists(folder, shown)
    join(shown)
    moderate(referent, shown)
    tell_anew(referent, folder, shown)
    undo_import(batches[UNDONE], folder, shown)
    export_all(target, shown)
    judge_all(target, shown)
    return shown


def opened() -> int:
    """Return how many places are open."""
    from portrea.web.offer.models import Place

    return Place.objects.filter(status=Place.Status.OPEN).count()


# -- import ----------------------------------------------------------------------------------------


def read(folder: Path, name: str) -> Any:
    """Read a list with its profile, or by guessing; put what has no position at its commune."""
    from portrea.cli.offer_import import locate
    from portrea.offer.importing.profiles import choose_mapping
    from portrea.offer.importing.rows import import_rows
    from portrea.sources.lists import read_list

    listing = read_list(folder / f"{name}.csv.gz")
    result = import_rows(listing, choose_mapping(listing), today=TODAY)
    return locate(result, geocode=False)[0]


def apply(result: Any, name: str) -> Any:
    """Put a list in the census."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.receiving import not_taken
    from portrea.web.offer.services import import_apply, import_receive

    batch = import_receive(actor=SYSTEM, source=result.mapping.source, title=name)
    return import_apply(
        actor=SYSTEM,
        batch=batch,
        places=result.places,
        rows={identifier: lines[0] for identifier, lines in result.lines.items()},
        not_taken=not_taken(result),
        today=TODAY,
    )


def import_lists(folder: Path, shown: Shown) -> dict[str, Any]:
    """Import the four lists."""
    batches = {}
    for name in LISTS:
        result = read(folder, name)
        batches[name] = apply(result, name)
        refused = len(result.refused) + len(result.left_out)
        counts = (result.read, len(result.accepted), refused, len(result.places))
        shown.lists.append((name, *counts))
    shown.figures["imported"] = opened()
    return batches


# -- duplicates and moderation ---------------------------------------------------------------------


def join(shown: Shown) -> None:
    """Join what is surely one place; count what is left to judge."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.services import places_join

    shown.figures["joined"], shown.figures["queue"] = places_join(actor=SYSTEM)
    shown.figures["places"] = opened()


def moderate(referent: Any, shown: Shown) -> None:
    """Decide proposals of the public, judge pairs, take one merge back."""
    decide(referent, shown)
    judge_pairs(referent, shown)


def decide(referent: Any, shown: Shown) -> None:
    """Three corrections are accepted, two refused, one accepted then undone, one place closed."""
    from portrea.web.offer.models import Place, Proposal
    from portrea.web.offer.services.proposals import proposal_decide, proposal_undo

    told = {"actor": referent}
    waiting = _proposals()
    for proposal in waiting[:3]:
        proposal_decide(key=proposal.pk, version=1, verdict="accept", **told)
    for proposal in waiting[3:5]:
        proposal_decide(key=proposal.pk, version=1, verdict="refuse", reason="unverified", **told)
    undone = proposal_decide(key=waiting[5].pk, version=1, verdict="accept", **told)
    proposal_undo(key=undone.pk, version=undone.version, **told)
    proposal_decide(key=waiting[6].pk, version=1, verdict="accept", **told)
    states = list(Proposal.objects.order_by("pk").values_list("state", flat=True))
    shown.figures |= {
        "proposed": len(states),
        "accepted": states.count("accepted"),
        "refused": states.count("refused"),
        "waiting": states.count("waiting"),
        "closed": Place.objects.filter(status="closed").count(),
    }


def _proposals() -> list[Any]:
    """Put seven proposals of visitors in the queue: six telephones, one place closed."""
    from portrea.web.accounts.permissions import VISITOR
    from portrea.web.offer.services.proposals import proposal_submit

    told = {"actor": VISITOR, "title": "", "territory": None}
    fixes = [
        proposal_submit(kind="fix", place=place, content={"phone": PHONE.format(rank)}, **told)
        for rank, place in enumerate(_chosen()[:6])
    ]
    return [*fixes, proposal_submit(kind="closed", place=_chosen()[6], **told)]


def _chosen() -> list[Any]:
    """Return seven places of the list told anew, the same on every machine."""
    from portrea.web.offer.models import ImportBatch, Place

    source = ImportBatch.objects.get(title=TOLD_ANEW).source
    told = Place.objects.filter(status="open", region="32", cards__source=source)
    return list(told.exclude(commune="").order_by("pk").distinct()[:7])


def judge_pairs(referent: Any, shown: Shown) -> None:
    """Answer the first pairs of the queue, then take one of the merges back."""
    from portrea.web.offer.services import place_merge, place_split
    from portrea.web.offer.services.duplicates import duplicates_find
    from portrea.web.offer.services.pairs import pair_answer

    queue = duplicates_find().queue.select("id_left", "id_right").rows()
    free = _apart(queue)[:JUDGED]
    merges = [
        place_merge(actor=referent, kept=left, absorbed=right, reason="même lieu")
        for left, right in free[::2]
    ]
    for left, right in free[1::2]:
        pair_answer(actor=referent, left=left, right=right, verdict="apart")
    place_split(actor=referent, merge_id=merges[-1].pk, reason="erreur")
    answered = {frozenset(pair) for pair in free[1::2]} | {frozenset(free[::2][-1])}
    again = duplicates_find()
    asked = {frozenset(pair) for pair in again.queue.select("id_left", "id_right").rows()}
    shown.figures |= {
        "pairs_joined": len(merges),
        "pairs_apart": len(free[1::2]),
        "merges_undone": 1,
        "asked_again": len(answered & asked),
        "queue_left": again.queue.height,
        "moderated": opened(),
    }


def _apart(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs that share no place, both in a commune of the région."""
    from portrea.web.offer.models import Place

    known = set(
        Place.objects.filter(region="32", status="open")
        .exclude(commune="")
        .values_list("pk", flat=True)
    )
    seen: set[str] = set()
    kept = []
    for pair in pairs:
        if seen.isdisjoint(pair) and known.issuperset(pair):
            kept.append(pair)
            seen.update(pair)
    return kept


# -- again, and back -------------------------------------------------------------------------------


def tell_anew(referent: Any, folder: Path, shown: Shown) -> None:
    """A newer version of a list denies a correction: the référent is asked, and keeps hers."""
    from portrea.web.offer.models import Fix, Place, Question
    from portrea.web.offer.services import question_answer

    result = read(folder, TOLD_ANEW)
    fix = Fix.objects.filter(state="active", path="phone").order_by("pk")[0]
    row = fix.place.cards.get(source=result.mapping.source).source_id
    later = TODAY + dt.timedelta(days=1)
    places = tuple(
        replace(place, phone=PHONE.format(9999), updated=later) if place.id == row else place
        for place in result.places
    )
    batch = apply(replace(result, places=places), "version plus récente")
    question = Question.objects.get(state=Question.State.OPEN, path="phone")
    question_answer(actor=referent, question_id=question.pk, take=False)
    kept = Place.objects.get(pk=fix.place_id).record["phone"] == fix.value
    shown.figures |= {
        "again_updated": batch.counts["updated"],
        "again_unchanged": batch.counts["unchanged"],
        "questions": 1,
        "fixes_kept": int(kept),
        "fixes": Fix.objects.filter(state="active").values("place", "path").distinct().count(),
    }


def undo_import(batch: Any, folder: Path, shown: Shown) -> None:
    """Undo a whole import, then bring the list again: the census is the same."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.models import Fix
    from portrea.web.offer.services import import_undo, places_join

    def fixes() -> int:
        return Fix.objects.filter(state="active").values("place", "path").distinct().count()

    shown.figures["before_undo"], held = opened(), fixes()
    import_undo(actor=SYSTEM, batch=batch, reason="démonstration")
    shown.figures["after_undo"] = opened()
    shown.figures["fixes_lost"] = held - fixes()
    apply(read(folder, UNDONE), f"{UNDONE}, de nouveau")
    places_join(actor=SYSTEM)
    shown.figures["after_again"] = opened()


# -- export and conformance ------------------------------------------------------------------------


def export_all(target: Path, shown: Shown) -> None:
    """Write the région in every standard."""
    from portrea.offer.exchange.context import Context
    from portrea.steering.exchange import STANDARDS, export
    from portrea.web.offer.census import places_in, records_of

    context = Context(today=TODAY, undated=UNDATED, cities=cities())
    for standard, name in FILES.items():
        places = records_of(places_in(REGION).filter(status="open"))
        report = export(places, standard, target / name, context)
        reasons = " ; ".join(f"{why} ({integer(n)})" for why, n in report.reasons.most_common())
        label = STANDARDS[standard].label
        shown.exports.append((label, report.written, report.read - report.written, reasons or "—"))
    count_unaddressed(shown)


def count_unaddressed(shown: Shown) -> None:
    """Count the places that no card gives an address, and those that only the last list tells."""
    from portrea.web.offer.census import places_in
    from portrea.web.offer.models import ImportBatch

    last = ImportBatch.objects.filter(title=UNDONE)[0].source
    found = [
        {card.source for card in place.cards.all()}
        for place in places_in(REGION).filter(status="open").prefetch_related("cards")
        if not any(card.content.get("address") for card in place.cards.all())
    ]
    shown.figures |= {
        "no_address": len(found),
        "only_last": sum(sources == {last} for sources in found),
    }


def judge_all(target: Path, shown: Shown) -> None:
    """Ask every validator what it refuses."""
    from portrea.steering.conformance import check_file

    for standard in JUDGED_FILES:
        result = check_file(target / FILES[standard], today=TODAY)
        shown.verdicts += [
            (result.label, verdict.validator, verdict.silent or len(verdict.refused))
            for verdict in result.verdicts
        ]


def cities() -> dict[str, str]:
    """Return the name of each commune of the store by its code."""
    from portrea.sources.store import Store

    table = Store().gather("territories")
    communes = table.filter(table["level"] == "commune").unique("code")
    return dict(communes.select("code", "name").iter_rows())


# -- the page --------------------------------------------------------------------------------------


def page(shown: Shown) -> str:
    """Return the page."""
    told = {name: integer(number) for name, number in shown.figures.items()}
    return "\n".join(
        [*_import_lines(shown, told), *_moderation_lines(told), *_export_lines(shown, told)]
    )


def _row(*cells: str | int) -> str:
    return f"| {' | '.join(integer(c) if isinstance(c, int) else c for c in cells)} |"


def _import_lines(shown: Shown, told: dict[str, str]) -> list[str]:
    return [
        "# Le recensement, montré sur les Hauts-de-France",
        "",
        NOTICE,
        "",
        "Quatre listes réelles qui se recouvrent, mises dans un recensement vide, de l’import à",
        "l’export. Les données sont celles du dossier de développement ; les numéros de téléphone",
        "proposés sont de ceux réservés à la fiction. Un essai refait tout et compare les nombres.",
        "",
        "## Importer",
        "",
        "| Liste | Lignes lues | Acceptées | Refusées | Lieux |",
        "|---|---:|---:|---:|---:|",
        *(_row(*line) for line in shown.lists),
        _row("**Total**", *(sum(line[i] for line in shown.lists) for i in range(1, 5))),
        "",
        "## Dédoublonner",
        "",
        f"- {told['imported']} lieux avant, {told['joined']} réunis à un autre sans demander,",
        f"  {told['places']} lieux après.",
        f"- {told['queue']} paires douteuses attendent qu’une personne juge.",
        "",
    ]


def _moderation_lines(told: dict[str, str]) -> list[str]:
    return [
        "## Modérer",
        "",
        "Une référente de la région, sans autre droit :",
        "",
        f"- {told['proposed']} propositions de visiteurs : {told['accepted']} acceptées,",
        f"  {told['refused']} refusées, {told['waiting']} acceptée puis remise en attente ;",
        f"  {told['closed']} lieu fermé.",
        f"- {told['pairs_joined']} paires réunies, {told['pairs_apart']} dites différentes,",
        f"  {told['merges_undone']} fusion défaite ; paires déjà jugées posées de nouveau :",
        f"  {told['asked_again']}. Il reste {told['queue_left']} paires et",
        f"  {told['moderated']} lieux.",
        f"- Une liste revient, plus récente : {told['again_updated']} fiche changée,",
        f"  {told['again_unchanged']} inchangées, {told['questions']} question posée sur une",
        f"  correction, {told['fixes_kept']} correction gardée.",
        f"- Un import entier défait : de {told['before_undo']} à {told['after_undo']} lieux,",
        f"  {told['fixes_lost']} correction perdue ; importé de nouveau :",
        f"  {told['after_again']} lieux.",
        "",
    ]


def _export_lines(shown: Shown, told: dict[str, str]) -> list[str]:
    return [
        "## Exporter",
        "",
        f"Un lieu dont aucune liste ne dit la date porte celle du {UNDATED:%d/%m/%Y}, la plus",
        "récente des listes (`--undated`).",
        "",
        "| Format | Lieux écrits | Non écrits | Pourquoi |",
        "|---|---:|---:|---|",
        *(_row(*line) for line in shown.exports),
        "",
        "Le standard national exige une adresse. Sans adresse dans aucune de leurs fiches :",
        f"{told['no_address']} lieux, dont {told['only_last']} que seule dit la dernière liste,",
        "qui n’a pas de colonne d’adresse. Rien n’est inventé : ils sont dans les autres formats.",
        "",
        "## Conformité",
        "",
        "| Format | Validateur | Refus |",
        "|---|---|---:|",
        *(_row(*line) for line in shown.verdicts),
        "",
    ]


def main() -> int:
    """Show the steps on a database of this run only, then write the page."""
    if not all((FOLDER / f"{name}.csv.gz").exists() for name in LISTS):
        print(f"Les listes ne sont pas dans {FOLDER}.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="portrea-hdf-") as folder:
        os.environ["PORTREA_HOME"] = folder
        PAGE.write_text(page(show(FOLDER, Path(folder), ready())), "utf-8")
    print(PAGE)
    return 0


def ready() -> Any:
    """Load the communes of the région, make an empty database and a référente."""
    from portrea.cli.serve import prepare_database
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store

    load_embedded(Store(), departements=DEPARTEMENTS)
    prepare_database()
    return referent_of(REGION)


def referent_of(territory: str) -> Any:
    """Make the account of someone who keeps the census of a territory."""
    from portrea.web.accounts.models import Membership, User

    user = User.objects.create_user("referente@exemple.org")
    level, code = territory.split(":")
    Membership.objects.create(user=user, role="referent", level=level, code=code)
    return user


if __name__ == "__main__":
    sys.exit(main())
