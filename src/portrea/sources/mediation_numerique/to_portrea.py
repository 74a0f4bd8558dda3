"""From checked mednum records to places."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.base.provenance import Provenance
from portrea.sources.source import Loaded
from portrea.vocab.contacts import place_email, place_phone
from portrea.vocab.situations import with_situations
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from portrea.sources.mediation_numerique.read import PlacesFile

SOURCE_ID = "mediation_numerique"
MOST_REMARKS = 200
LISTS = {
    "services": "services",
    "access_modes": "modalites_acces",
    "support_modes": "modalites_accompagnement",
    "cost": "frais_a_charge",
    "programmes": "dispositif_programmes_nationaux",
}


def to_loaded(file: PlacesFile) -> Loaded:
    """Return the dataset of a list: places, card, and what the user must know."""
    places = to_places(file)
    dates = places["updated"].drop_nulls()
    latest = str(dates.max()) if dates.len() else None
    return Loaded(
        Provenance(
            source=SOURCE_ID,
            title=file.profile.title,
            producer=file.profile.producer,
            vintage=vintage_of(file.peek.path.name, latest),
            licence=file.profile.licence,
            verified=file.profile.licence is not None,
            note=None if file.profile.licence else "Licence non indiquée par le fichier.",
        ),
        {"places": places},
        part=part_of(file),
        remarks=tuple(remarks(file)),
    )


def to_places(file: PlacesFile) -> pl.DataFrame:
    """Return the table ``places`` of the rows that can be loaded."""
    kept = [
        (row, text)
        for row, text in zip(file.rows, file.hours_texts, strict=True)
        if row.refusal is None
    ]
    schema = dict.fromkeys(mednum.fields(), pl.String)
    records = pl.DataFrame([row.record for row, _ in kept], schema=schema).with_columns(
        pl.Series("hours_text", [text or row.hours_text for row, text in kept], dtype=pl.String),
        pl.Series(
            "legacy", [list(row.legacy_services) for row, _ in kept], dtype=pl.List(pl.String)
        ),
    )
    places = _places(_contacts(records), file.profile.prefix)
    # version 0.1 names finer services than 1.x: situations are read on them
    told = places.with_columns(services=pl.coalesce("legacy", "services")).drop("legacy")
    covered = with_situations(told).with_columns(services=places["services"])
    return PLACES.conform(covered, where=file.peek.name)


def _contacts(records: pl.DataFrame) -> pl.DataFrame:
    """Keep the first e-mail that is clearly the place's, and no mobile number."""
    emails = (
        records.select(pl.int_range(pl.len()).alias("row"), pl.col("courriels").str.split("|"))
        .explode("courriels", empty_as_null=True)
        .with_columns(place_email("courriels"))
        .drop_nulls()
        .unique("row", keep="first", maintain_order=True)
    )
    rows = records.with_columns(pl.int_range(pl.len()).alias("row")).drop("courriels")
    return rows.join(emails, on="row", how="left", maintain_order="left").with_columns(
        place_phone("telephone")
    )


def _places(records: pl.DataFrame, prefix: str) -> pl.DataFrame:
    lists = [_listed(field).alias(name) for name, field in LISTS.items()]
    publics = pl.concat_list(
        _listed("publics_specifiquement_adresses").fill_null([]),
        _listed("prise_en_charge_specifique").fill_null([]),
    )
    empty = pl.col("legacy").list.len() == 0
    return records.select(
        *lists,
        id=pl.concat_str(pl.lit(f"{prefix}:"), "id"),
        name="nom",
        kind="typologie",
        commune="code_insee",
        address=pl.concat_str("adresse", "complement_adresse", separator=", ", ignore_nulls=True),
        postcode="code_postal",
        city="commune",
        longitude=pl.col("longitude").cast(pl.Float64),
        latitude=pl.col("latitude").cast(pl.Float64),
        phone="telephone",
        email="courriels",
        website=pl.col("site_web").str.split(mednum.SEPARATOR).list.first(),
        hours="horaires",
        hours_text="hours_text",
        publics=pl.when(publics.list.len() > 0).then(publics),
        itinerant=_listed("itinerance").list.contains("Itinérant"),
        siret="pivot",
        updated=pl.col("date_maj").str.to_date("%Y-%m-%d"),
        source=pl.coalesce("source", pl.lit(prefix)),
        legacy=pl.when(~empty).then("legacy"),
    ).with_columns(address=pl.col("address").replace("", None))


def _listed(field: str) -> pl.Expr:
    return pl.col(field).str.split(mednum.SEPARATOR)


# -- identity of the dataset ----------------------------------------------------------------------


def vintage_of(file_name: str, latest: str | None) -> str:
    """Return the date in a file's name, else the newest date of its places, else « s.d. »."""
    if match := re.search(r"(20\d{2})-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])(?!\d)", file_name):
        return "-".join(match.groups())
    if match := re.search(r"(?<!\d)(20\d{2})(?:-(0[1-9]|1[0-2]))?(?!\d)", file_name):
        return "-".join(part for part in match.groups() if part)
    return latest[:7] if latest else "s.d."


def part_of(file: PlacesFile) -> str:
    """Return what tells two lists apart: the profile, and the file's name without its dates."""
    stem = re.sub(r"20\d{2}(?:-?\d{2}){0,2}", "", file.peek.path.name.split(".")[0])
    slug = re.sub(r"[^a-z0-9]+", "-", mednum.bare(stem)).strip("-")
    return f"{file.profile.id}-{slug}" if slug else file.profile.id


# -- what the user must know ----------------------------------------------------------------------


def remarks(file: PlacesFile) -> list[Diagnostic]:
    """Return the rows refused, one by one, then the other faults counted by kind."""
    refused = [row.refusal for row in file.refused if row.refusal is not None]
    found = list(refused[:MOST_REMARKS])
    if len(refused) > MOST_REMARKS:
        more = len(refused) - MOST_REMARKS
        found.append(Diagnostic("mednum-refused", f"{more} autres lignes refusées"))
    faults = (fault for row in file.accepted for fault in row.faults)
    counts = Counter((f.field, f.code) for f in faults if f.code not in _unclaimed(file))
    found += [
        Diagnostic(code, f"{count} {FAULT_WORDS.get(code, 'valeurs à revoir')}", field=field)
        for (field, code), count in counts.most_common()
    ]
    unlocated = sum(1 for row in file.accepted if not row.record.get("latitude"))
    if unlocated:
        found.append(
            Diagnostic(
                "place-unlocated", f"{unlocated} lieux sans position : placés à leur commune"
            )
        )
    return [*file.left_out, *found]


def _unclaimed(file: PlacesFile) -> tuple[str, ...]:
    """Return the rules that a list which never claimed to follow the standard is not held to."""
    return () if file.profile.standard else ("mednum-required", "mednum-pattern", "mednum-type")


FAULT_WORDS = {
    "mednum-required": "lignes où ce champ obligatoire est vide",
    "mednum-pattern": "valeurs hors du format attendu",
    "mednum-value": "valeurs hors de la liste",
    "mednum-type": "valeurs d’un autre type",
    "mednum-length": "textes trop longs",
    "mednum-position": "positions douteuses, laissées de côté",
    "mednum-kind": "typologies inconnues",
    "mednum-link": "adresses électroniques ou liens mal écrits",
    "mednum-list": "listes mal écrites",
    "mednum-contradiction": "contradictions",
    "hours-syntax": "horaires qui ne sont pas au format OSM (le texte est gardé)",
    "hours-lost": "horaires dont une règle en efface une autre",
    "hours-holidays": "horaires dont « PH off » n’est pas la dernière règle",
    "hours-school": "horaires qui citent « SH » sans zone",
    "hours-night": "horaires qui passent minuit",
}
