"""Cards made comparable: names without their generic words, addresses taken apart, sound keys."""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.territory.naming import normalise_all
from portrea.vocab.contacts import international_phone

if TYPE_CHECKING:
    from portrea.offer.matching.lexicon import Lexicon

COLUMNS = {
    "id": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "commune": pl.String,
    "address": pl.String,
    "postcode": pl.String,
    "city": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "phone": pl.String,
    "email": pl.String,
    "siret": pl.String,
    "source": pl.String,
}
"""Columns of table ``places`` that are compared; an absent one is « not told »."""
_PLM = {"751": "75056", "6938": "69123", "132": "13055"}
_ARRONDISSEMENT = (
    r"^(75(?:1|0)(?:0[1-9]|1[0-9]|20|16)|6900[1-9]|6938[1-9]|13(?:0|2)(?:0[1-9]|1[0-6]))$"
)

_FIRST = r"^ (?:n |nc )?(\d{1,4})\b"
_WAYS = "rue|avenue|boulevard|place|route|chemin|allee|cours|impasse|quai|square"
_INSIDE = rf" (\d{{1,4}}) (?:bis |ter |[a-d] )?(?:{_WAYS}) "
_START = r"^ (?:n |nc )?\d{1,4} (?:(?:bis|ter|quater|[a-d]) )?(?:\d{1,4} )?"
_BOX = r" (?:bp|cs|cedex|tsa) \d* ?\d*"


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards in the order of the frame they come from (row number = index)."""

    table: pl.DataFrame

    @property
    def height(self) -> int:
        """Number of cards."""
        return self.table.height


def prepare(frame: pl.DataFrame, lexicon: Lexicon) -> Cards:
    """Return comparable cards of a frame ``places`` (or of some of its columns)."""
    told = frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in COLUMNS.items()
    )
    table = told.with_columns(_plain(told)).lazy().with_columns(commune=_parent_commune())
    table = _with_core(_with_roles(table, lexicon), lexicon)
    table = _with_street(table, lexicon).with_columns(**_keys())
    return Cards(table.collect().with_row_index("row"))


def _plain(told: pl.DataFrame) -> list[pl.Series]:
    """Return name, town and address without accents, case nor punctuation."""
    address = told["address"].str.replace_all(r"[,\n]?\s*\b\d{5}\b[^\d].*$", " ")
    texts = [side.fill_null("") for side in (told["name"], told["city"], address)]
    plain = normalise_all(pl.concat(texts).str.replace_all(r"&amp;|&quot;", " "))
    height = told.height
    return [
        plain.slice(rank * height, height).alias(name)
        for rank, name in enumerate(("plain", "town", "line"))
    ]


def _parent_commune() -> pl.Expr:
    """Return the commune, arrondissements of Paris, Lyon and Marseille counted as their city."""
    code = pl.col("commune")
    parent = pl.coalesce(
        *(pl.when(code.str.starts_with(start)).then(pl.lit(of)) for start, of in _PLM.items())
    )
    return pl.coalesce(parent, code)


def _with_roles(table: pl.LazyFrame, lexicon: Lexicon) -> pl.LazyFrame:
    """Add ``roles``, a mask of the kinds of body that name and typology tell, and ``rest``."""
    rest, found = pl.col("plain"), []
    for role, pattern in lexicon.roles.items():
        table = table.with_columns(rest.str.replace_all(pattern, " ").alias(f"_{role}"))
        found.append(pl.when(rest != pl.col(f"_{role}")).then(lexicon.bit(role)).otherwise(0))
        rest = pl.col(f"_{role}")
    named = functools.reduce(operator.add, found).cast(pl.Int64)
    bare = (rest == pl.col("town")) & (rest != "") & pl.col("kind").is_null()
    named = named + pl.when(bare).then(lexicon.bit("mairie")).otherwise(0)
    kinds = {kind: lexicon.bit(role) for kind, role in lexicon.kinds.items()}
    typed = pl.col("kind").replace_strict(kinds, default=0, return_dtype=pl.Int64).fill_null(0)
    return table.with_columns(named=named, typed=typed, roles=named | typed, rest=rest).drop(
        f"_{role}" for role in lexicon.roles
    )


def _with_core(table: pl.LazyFrame, lexicon: Lexicon) -> pl.LazyFrame:
    """Add ``core``, the words of the name that are neither generic nor the town's."""
    words = pl.col("rest").str.split(" ")
    town = pl.col("town").str.split(" ")
    core = words.list.filter(~pl.element().is_in(["", *lexicon.stop])).list.set_difference(town)
    figures = pl.col("rest").str.extract_all(r"\b\d+").list.unique().list.sort()
    return table.with_columns(core=core.list.sort().list.join(" "), figures=figures.list.join(" "))


def _with_street(table: pl.LazyFrame, lexicon: Lexicon) -> pl.LazyFrame:
    """Add ``number`` and ``street`` of the address: null and "" when not told or vague."""
    words = pl.col("line").str.split(" ").list.eval(pl.element().replace(lexicon.street_words))
    whole = pl.format(" {} ", words.list.join(" ")).str.replace_all(_BOX, " ")
    table = table.with_columns(line=whole)
    number = pl.coalesce(pl.col("line").str.extract(regex) for regex in (_FIRST, _INSIDE))
    street = pl.col("line").str.replace(_START, " ").str.split(" ")
    own = street.list.filter(~pl.element().is_in(["", *lexicon.street_types])).list.join(" ")
    own = pl.when(own == "").then(street.list.join(" ").str.strip_chars()).otherwise(own)
    number = number.cast(pl.Int64)
    table = table.with_columns(
        number=pl.when(number > 0).then(number), street=own.replace(lexicon.street_same)
    )
    empty = pl.col("number").is_null() & pl.col("street").is_in(list(lexicon.vague))
    vague = (pl.col("street") == "") | empty | (pl.col("street") == pl.col("town"))
    return table.with_columns(
        number=pl.when(~vague).then("number"),
        street=pl.when(vague).then(pl.lit("")).otherwise("street"),
        postcode=pl.coalesce("postcode", pl.col("address").str.extract(r"\b(\d{5})\b")),
    ).drop("line")


def _keys() -> dict[str, pl.Expr]:
    """Return keys that tell one body or one door when two cards share them."""
    digits = pl.col("siret").str.replace_all(r"\D", "")
    email = pl.col("email").str.strip_chars().str.to_lowercase()
    postcode = pl.col("postcode")
    arrondissement = pl.when(postcode.str.contains(_ARRONDISSEMENT)).then(postcode)
    departement = pl.coalesce(pl.col("commune"), postcode).str.slice(0, 2)
    phone = international_phone("phone")
    return {
        "siret": pl.when(digits.str.len_chars() == 14).then(digits),
        "phone": pl.when(phone.str.len_chars() > 6).then(phone),
        "email": pl.when(email.str.contains("@")).then(email),
        "arrondissement": arrondissement,
        "place_key": pl.when(pl.col("town") != "").then(pl.col("town") + "|" + departement),
        "door": pl.when(pl.col("number").is_not_null() & (pl.col("street") != "")).then(
            pl.format("{} {} {}", "number", "street", departement)
        ),
    }
