"""What brings two cards together or sets them apart: one column by kind of evidence, vectorised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import fuzz, process

from portrea.offer.matching.blocking import on_sphere

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.offer.matching.cards import Cards
    from portrea.offer.matching.lexicon import Lexicon

    Real = NDArray[np.float64]
    Flag = NDArray[np.bool_]

ALIKE = 0.85
"""Likeness (0–1) from which two streets are one street, spelling aside."""


class Sides:
    """Columns of the cards at both ends of pairs, read once each."""

    def __init__(self, cards: Cards, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        self._table, self._left, self._right = cards.table, left, right

    def __call__(self, column: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the values of a column, left and right."""
        values = self._table[column].to_numpy()
        return values[self._left], values[self._right]

    def known(self, column: str) -> Flag:
        """Return where both cards tell a column."""
        told = self._table[column].is_not_null().to_numpy()
        both: Flag = told[self._left] & told[self._right]
        return both

    def same(self, column: str) -> tuple[Flag, Flag]:
        """Return where both tell the same value, and where both tell different ones."""
        codes = self._table[column].rank("dense").fill_null(0).to_numpy()
        left, right = codes[self._left], codes[self._right]
        known = (left > 0) & (right > 0)
        return known & (left == right), known & (left != right)

    def likeness(self, column: str, *scorers: Any) -> list[Real]:
        """Return the likenesses (0–1) of two texts by several scorers; 0 when one is empty."""
        left, right = self(column)
        told = (left != "") & (right != "")
        same = left == right
        rows = np.flatnonzero(told & ~same)
        results = []
        for scorer in scorers:
            result = np.where(told & same, 1.0, 0.0)
            result[rows] = process.cpdist(left[rows], right[rows], scorer=scorer, workers=-1) / 100
            results.append(result)
        return results


def evidence(sides: Sides, lexicon: Lexicon) -> dict[str, Real]:
    """Return the evidence of each pair by name; every value is in [0, 1] but distances in logs."""
    found: dict[str, Flag | Real] = {}
    found |= _bodies(sides, lexicon)
    found |= _names(sides, found)
    found |= _addresses(sides, found)
    found |= _distances(sides, found)
    found |= _keys(sides)
    found["identical"] = _identical(sides)
    return {name: np.asarray(value, dtype=np.float64) for name, value in found.items()}


def _bodies(sides: Sides, lexicon: Lexicon) -> dict[str, Flag | Real]:
    """Kinds of body: shared, apart, and most of all apart when one is of the town."""
    moving = lexicon.bit("mobile")
    annex = lexicon.bit("annexe")
    left, right = sides("roles")
    named_left, named_right = sides("named")
    body_left, body_right = (side & ~(moving | annex) for side in (left, right))
    shared = (body_left & body_right) != 0
    told = (body_left != 0) & (body_right != 0)
    town = lexicon.mask(frozenset({"mairie", "ccas", "biblio"}))
    counter = lexicon.mask(lexicon.hosts)
    apart = told & ~shared
    municipal = apart & ((body_left & town) != 0) & ((body_right & (town | counter)) != 0)
    municipal |= apart & ((body_right & town) != 0) & ((body_left & (town | counter)) != 0)
    single = lexicon.mask(lexicon.single)
    both_annexes = (named_left & named_right & annex) != 0
    typed_left, typed_right = sides("typed")
    typed_apart = (typed_left != 0) & (typed_right != 0) & (typed_left != typed_right)
    return {
        "same_body": shared,
        "body_apart": apart & ~municipal,
        "town_body_apart": municipal,
        "counter_host": apart & ~municipal & ((body_left ^ body_right) & counter != 0),
        "one_body_only": (body_left == 0) != (body_right == 0),
        "kind_apart": typed_apart & ((typed_left | typed_right) & town != 0),
        "single_body": ((body_left & body_right & single) != 0) & ~both_annexes,
        "one_moves": (named_left & moving) != (named_right & moving),
        "one_annex": (named_left & annex) != (named_right & annex),
    }


def _names(sides: Sides, found: dict[str, Flag | Real]) -> dict[str, Flag | Real]:
    """Own words of the names: neither generic nor the town's, in alphabetical order."""
    left, right = sides("core")
    has_left, has_right = left != "", right != ""
    both = has_left & has_right
    ordered, shared = sides.likeness("core", fuzz.ratio, fuzz.token_set_ratio)
    own = 0.5 * (ordered + shared)
    no_body = ~np.asarray(found["same_body"], dtype=bool)
    none = ~has_left & ~has_right
    figures_same, figures_apart = _figures(sides)
    return {
        "name_alike": np.where(both, np.clip((own - 0.6) / 0.4, 0, 1), 0),
        "name_apart": np.where(both, np.clip((0.75 - own) / 0.3, 0, 1), 0),
        "name_generic": none & ~no_body,
        "name_untold": none & no_body,
        "name_one_generic": has_left != has_right,
        "figures_apart": figures_apart & ~figures_same,
    }


def _figures(sides: Sides) -> tuple[Flag, Flag]:
    left, right = sides("figures")
    told = (left != "") & (right != "")
    return told & (left == right), told & (left != right)


def _addresses(sides: Sides, found: dict[str, Flag | Real]) -> dict[str, Flag | Real]:
    """Door, street, or address that says nothing; a town told differently."""
    left, right = sides("street")
    told = (left != "") & (right != "")
    ordered, shared, start = sides.likeness(
        "street", fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.partial_ratio
    )
    street = np.maximum(np.maximum(ordered, 0.96 * shared), np.where(start > 0.95, 0.9, 0))
    same = told & (street >= ALIKE)
    same_number, other_number = sides.same("number")
    number_left, number_right = (np.nan_to_num(side, nan=-1) for side in sides("number"))
    next_door = other_number & (np.abs(number_left - number_right) <= NEXT_DOOR)
    single = np.asarray(found["single_body"], dtype=bool)
    generic = np.asarray(found["name_generic"], dtype=bool)
    other_street = told & ~same
    unnamed_single = single & generic
    return {
        "same_door": same & same_number,
        "same_street": same & ~same_number & ~other_number,
        "next_door": same & next_door,
        "other_door": same & other_number & ~next_door,
        "other_street": np.where(other_street, np.clip((ALIKE - street) / 0.5, 0, 1), 0),
        "other_street_number": other_street & other_number,
        "address_vague": ~told,
        "vague_single": ~told & unnamed_single,
        "other_town": _other_town(sides),
    }


def _other_town(sides: Sides) -> Real:
    """Return how far the towns told are apart; a name that says the other's town settles it."""
    left, right = sides("town")
    ordered, shared = sides.likeness("town", fuzz.token_sort_ratio, fuzz.token_set_ratio)
    likeness = np.maximum(ordered, 0.95 * shared)
    apart = np.where((left != "") & (right != ""), np.clip((0.95 - likeness) / 0.3, 0, 1), 0)
    doubt = np.flatnonzero(apart)
    names = [side[doubt] for side in sides("plain")]
    for name, town in ((names[0], right[doubt]), (names[1], left[doubt])):
        said = process.cpdist(town, name, scorer=fuzz.partial_ratio, workers=-1)
        apart[doubt[(said > 99) & (np.strings.str_len(town.astype(str)) > 3)]] = 0
    result: Real = apart
    return result


NEXT_DOOR = 4
"""Numbers of one street so near that they may be one door."""


def _distances(sides: Sides, found: dict[str, Flag | Real]) -> dict[str, Flag | Real]:
    """Nearness, and distance in powers of ten beyond 100 m, little telling at the same door."""
    (lon_l, lon_r), (lat_l, lat_r) = sides("longitude"), sides("latitude")
    known = ~(np.isnan(lon_l) | np.isnan(lon_r) | np.isnan(lat_l) | np.isnan(lat_r))
    gap = on_sphere(np.nan_to_num(lon_l), np.nan_to_num(lat_l))
    gap -= on_sphere(np.nan_to_num(lon_r), np.nan_to_num(lat_r))
    metres = np.where(known, np.linalg.norm(gap, axis=1), np.nan)
    near = np.where(known, np.exp(-np.nan_to_num(metres) / 75), 0)
    far = np.where(known, np.log10(np.clip(np.nan_to_num(metres), 100, 20_000) / 100), 0)
    door = np.asarray(found["same_door"], dtype=bool)
    single = np.asarray(found["single_body"], dtype=bool) & np.asarray(
        found["name_generic"], dtype=bool
    )
    _, other_commune = sides.same("commune")
    _, other_district = sides.same("arrondissement")
    return {
        "near_single": np.where(door, 0, near) * single,
        "far": np.where(door, 0, far),
        "distance_unknown": ~known,
        "other_commune": other_commune,
        "other_district": other_district & ~door,
        "metres": metres,
    }


def _identical(sides: Sides) -> Flag:
    """Return where name, door and town are written alike."""
    _, other_number = sides.same("number")
    result: Flag = ~other_number & (sides("street")[0] != "")
    for column in ("plain", "street", "town"):
        left, right = sides(column)
        result &= left == right
    return result


def _keys(sides: Sides) -> dict[str, Flag | Real]:
    """Sound keys: SIRET, telephone, e-mail; and whether one list tells both cards."""
    found: dict[str, Flag | Real] = {}
    for key in ("siret", "phone", "email"):
        same, apart = sides.same(key)
        found |= {f"same_{key}": same, f"other_{key}": apart}
    found["same_source"], _ = sides.same("source")
    return found
