"""Write the figures and the maps of the worked cases (``docs/cas/``) from real data.

``PORTREA_HOME=… python scripts/cas.py`` needs the embedded data and the shared files, loaded and
computed (``python scripts/cas.py --prepare FOLDER`` does it). Only what stands between the marks
``<!-- cas:NAME -->`` and ``<!-- fin -->`` of the pages is written: the reading is ours.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from portrea.cli.reach import reach
from portrea.sources.loading import add_path, load_embedded
from portrea.sources.store import Store, default_home
from portrea.steering.computation import compute
from portrea.steering.demand_kept import keep_demands
from portrea.steering.display import count_cell, shown_count
from portrea.steering.figures_style import Caption
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes
from portrea.steering.what_if_ground import Question, prepare
from portrea.steering.what_if_told import change_words, still_map, told
from portrea.steering.what_if_words import digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portrea.steering.what_if_told import Told

PAGES = Path(__file__).resolve().parents[1] / "docs" / "cas"
BLOCK = re.compile(r"(<!-- cas:([\w-]+) -->\n).*?(\n<!-- fin -->)", re.DOTALL)
DAY = "2026-11-22"
MEASURES = {"a1": "Illectronisme (A1)", "c": "Concernées par une démarche en ligne (C)"}
SPACES = str.maketrans("", "", "\u00ad")


@dataclass(frozen=True, slots=True)
class Case:
    """A territory of the documentation, and the questions asked of it."""

    page: str
    territory: str
    minutes: int
    openings: int
    halfday: str
    closing: tuple[str, ...]
    towns: tuple[str, ...] = ()


CASES = (
    Case(
        page="broceliande",
        territory="epci:243500618",
        minutes=10,
        openings=2,
        halfday="mairies:35319",
        closing=("mednum:62ab10318255a806e299c821",),
    ),
    Case(
        page="7-vallees",
        territory="epci:200044030",
        minutes=10,
        openings=5,
        halfday="bibliotheques:9c1b382a1908",
        closing=("france-services:2798", "mednum:2798-mediation-numerique-france-services"),
        towns=("62447", "62100", "62050", "62046", "62142", "62828"),
    ),
)


BLOCKS = {
    "besoin": "needs",
    "acces": "access",
    "reglages": "choices",
    "priorites": "priorities",
    "placement": "placement",
    "ou": "openings",
    "demi-journee": "each",
    "phrase": "sentence",
    "ferme": "closing",
    "tournee": "tour",
}
"""Block of a page → what answers it."""


def prepare_home(home: Path, shared: Path) -> None:
    """Load the embedded data and the shared files in an empty home, and compute."""
    store = Store(home)
    load_embedded(store)
    add_path(store, shared, today=DAY)
    compute_home(home)


def compute_home(home: Path) -> None:
    """Compute what a home holds, and keep the draws that every command reads."""
    store = Store(home)
    compute(store, date=DAY)
    list(keep_demands(store))


def said(command: str, case: Case, *words: str) -> Any:
    """Return what a command of the product answers in JSON."""
    asked = [command, case.territory, *words, "--format", "json"]
    done = CliRunner().invoke(reach, asked, catch_exceptions=False)
    return json.loads(done.stdout)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table: the first column of words, the others of numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def plain(text: str) -> str:
    """Leave out the marks of hyphenation."""
    return text.translate(SPACES)


def between(row: Mapping[str, Any], name: str) -> str:
    """Write the two bounds of a count as the command gives them."""
    low, high = (row[f"{name}_{end}"] for end in ("low", "high"))
    if low is None:
        return "non publié"
    return f"{low:.0f}" if low == high else f"{low:.0f} à {high:.0f}"


def hours(row: Mapping[str, Any]) -> str:
    """Write the bounds of an access."""
    return f"{digits(row['access_low'])} à {digits(row['access_high'])}"


class Study:
    """A case answered: each block of its page."""

    def __init__(self, reader: Reader, case: Case) -> None:
        self.reader, self.case = reader, case
        self.selection = reader.gazetteer.resolve(case.territory)

    def blocks(self, names: Iterable[str]) -> dict[str, str]:
        """Return blocks by their name."""
        return {name: str(getattr(self, BLOCKS[name])()) for name in names}

    def needs(self) -> str:
        """Return counts, shares and grades of the territory."""
        level, code = self.case.territory.split(":")
        rows = []
        for measure, label in MEASURES.items():
            found = self.reader.estimate(level, code, measure)
            if found is None:
                continue
            share = found.share
            part = " à ".join(
                f"{100 * (end or 0):.1f}".replace(".", ",") for end in (share.low, share.high)
            )
            count = count_cell(shown_count(found.count, level))
            rows.append((label, plain(count), f"{part} %", found.count.quality.value))
        return table(("Mesure", "Personnes", "Part", "Qualité"), rows)

    def access(self) -> str:
        """Return the access of the communes: the least helped first, or those chosen."""
        found = said("access", self.case)
        chosen = [row for row in found if not self.case.towns or row["code"] in self.case.towns]
        rows = [
            (
                row["name"],
                f"{row['nearest_minutes']:.0f}",
                str(round(row["places_within"])),
                f"{digits(row['access'])} ({hours(row)})",
                f"{100 * row['imputed_share']:.0f} %",
            )
            for row in sorted(chosen, key=lambda row: row["access"])
        ]
        head = (
            "Commune",
            "Plus proche (min)",
            "Lieux à 20 min",
            "Heures pour 100 personnes",
            "Supposé",
        )
        return table(head, rows)

    def choices(self) -> str:
        """Return the access of the whole territory under other choices."""
        ways = {
            "réglage usuel (C, 2SFCA)": (),
            "A1 au lieu de C": ("--who", "a1"),
            "médecins (`apl2012`)": ("--decay", "apl2012"),
            "`3sfca`": ("--method", "3sfca"),
            "le soir": ("--when", "soir"),
        }
        rows = []
        for label, words in ways.items():
            (row,) = said("access", self.case, "--level", "epci", *words)
            rows.append(
                (label, digits(row["access"]), hours(row), f"{100 * row['imputed_share']:.0f} %")
            )
        return table(("Réglage", "Heures pour 100 personnes", "Fourchette", "Supposé"), rows)

    def priorities(self) -> str:
        """Return how many communes are in each state, and those ranked."""
        found = said("priority", self.case)
        states: dict[str, list[str]] = {}
        for row in found:
            states.setdefault(row["status_words"], []).append(row["name"])
        lines = [
            f"- **{words}** : {len(names)} commune{'s' if len(names) > 1 else ''}"
            + (f" ({', '.join(names)})" if len(names) <= 8 else "")
            for words, names in states.items()
        ]
        first = found[0]
        lines.append(f"- seuil : {digits(first['threshold_hours'])} heures pour 100 personnes ;")
        ranked = [row for row in found if row["rank_low"] is not None]
        lines += [
            f"- {row['name']} : rang {row['rank_low']:.0f} à {row['rank_high']:.0f}, probabilité "
            f"d’être parmi les {row['first']} premières {100 * row['p_first']:.0f} % ; "
            f"{between(row, 'persons')} personnes, {digits(row['access_hours'])} heures, "
            f"{100 * row['imputed_share']:.0f} % supposé."
            for row in ranked
        ]
        return "\n".join(lines)

    def placement(self) -> str:
        """Return what each opening gives, all listed places counted, then the sure ones."""
        minutes = ("--minutes", str(self.case.minutes))
        asked = ("--p", "6", "--curve", *minutes)
        every, sure = said("place", self.case, *asked), said("place", self.case, *asked, "--told")
        rows = [
            ("tous les lieux des listes", *(between(row, "after") for row in every)),
            ("lieux qui disent leurs horaires", *(between(row, "after") for row in sure)),
            ("dont gagnées", *(between(row, "gained") for row in sure)),
        ]
        return table(("Lieux ouverts", *(str(row["openings"]) for row in every)), rows)

    def plan(self, *words: str) -> Any:
        """Return the plan of the case, places that tell their hours counted."""
        case = self.case
        asked = ("--p", str(case.openings), "--minutes", str(case.minutes), "--told")
        return said("place", case, *asked, *words)

    def openings(self) -> str:
        """Return where each model opens."""
        models = {
            "le plus de monde à portée": (),
            "le trajet moyen le plus court": ("--model", "time"),
        }
        rows = []
        for label, words in models.items():
            found = self.plan(*words)
            names = ", ".join(row["commune_name"] for row in found["places"])
            rows.append(
                (label, names, between(found, "after"), "oui" if found["optimal"] else "non")
            )
        return table(("But", "Où", "À portée", "Optimum prouvé"), rows)

    def each(self) -> str:
        """Return the best building of the best communes for one half-day more."""
        found = said("place", self.case, "--each", "--minutes", str(self.case.minutes), "--told")
        best: dict[str, Any] = {}
        for row in found:
            best.setdefault(row["commune_name"], row)
        rows = [
            (
                name, row["name"], between(row, "gained"), between(row, "closer"),
                digits(row["help_change"]), f"{row['least']} : {digits(row['least_change'])}",
            )
            for name, row in list(best.items())[:5]
        ]  # fmt: skip
        head = ("Commune", "Bâtiment", "À portée en plus", "Plus proches",
                "Heures pour 100 en plus", "La moins aidée y gagne")  # fmt: skip
        return table(head, rows)

    def trial(self, changes: Changes, *, sure: bool = True) -> Told:
        """Return a trial of « Et si ? »."""
        ground = prepare(self.reader, self.selection, Question(told=sure))
        return told(ground, changes, minutes=self.case.minutes)

    def sentence(self) -> str:
        """Return what « Et si ? » says of a half-day, all places counted and the sure ones."""
        lines = []
        for sure in (False, True):
            trial = self.trial(Changes(((1, self.case.halfday),)), sure=sure)
            lines += [f"> {trial.headline.text} {' '.join(trial.sentences)}", ""]
        return plain("\n".join(lines).strip())

    def closing(self) -> str:
        """Return what is lost when a place closes."""
        trial = self.trial(Changes(closed=self.case.closing))
        rows = [
            (line.name.plain, change_words(line.gained, line.lost),
             digits(line.help_before.value or 0), digits(line.help_after.value or 0))
            for line in trial.lines[:3]
        ]  # fmt: skip
        head = ("Commune", "Personnes", "Heures avant", "Heures après")
        return plain(f"> {trial.headline.text} {' '.join(trial.sentences)}\n\n{table(head, rows)}")

    def tour(self) -> str:
        """Return the first lines of a round: once a fortnight in each commune."""
        asked = ["tour", self.case.territory, "--start", "2026-12-07"]
        done = CliRunner().invoke(reach, asked, catch_exceptions=False)
        lines = done.stdout.splitlines()
        return "\n".join(f"> {line}  " for line in lines[2:4]).rstrip()

    def drawing(self) -> str:
        """Return the map of the plan, told by its caption."""
        keys = [row["id"] for row in self.plan()["places"]]
        trial = self.trial(Changes(tuple((1, key) for key in keys)))
        caption = Caption(self.case.page, trial.ground.subject.name.plain, trial.headline.text)
        return plain(still_map(trial, caption))


def rewritten(text: str, blocks: Mapping[str, str]) -> str:
    """Return a page where the marks of these blocks hold them."""
    return BLOCK.sub(lambda m: f"{m[1]}{blocks[m[2]]}{m[3]}" if m[2] in blocks else m[0], text)


def studies(home: Path) -> Iterator[Study]:
    """Return every case, on the computation of a home."""
    reader = Reader(Store(home))
    for case in CASES:
        yield Study(reader, case)


def main(words: Sequence[str]) -> None:
    """Write the pages, or prepare a home."""
    if words[:1] == ["--prepare"]:
        prepare_home(default_home(), Path(words[1]))
    for study in studies(default_home()):
        path = PAGES / f"{study.case.page}.md"
        path.write_text(rewritten(path.read_text("utf-8"), study.blocks(BLOCKS)), "utf-8")
        path.with_suffix(".svg").write_text(study.drawing() + "\n", "utf-8")
        sys.stdout.write(f"{path} écrit\n")


if __name__ == "__main__":
    main(sys.argv[1:])
