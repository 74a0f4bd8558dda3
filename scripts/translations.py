"""Bring the catalogues of translations up to date with the French texts of the public journey.

Texts come from the pages of the journey and of their frame, from the sentences the code composes
and from the everyday words of ``params``. A new text is added, empty; one that is no longer said is
removed; a translation is never guessed. ``--check`` changes nothing and tells what is missing.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/portrea"
FOLDER = PACKAGE / "vocab/locale"
LANGUAGES = ("en", "es", "ar")
TEMPLATES = (
    "web/journeys/templates/journeys/{base,epci,orientation,refused}.html",
    "web/journeys/templates/journeys/unmet/{tell,told}.html",
    "web/journeys/templates/journeys/orientation/**/*.html",
    "web/journeys/templates/journeys/slip/**/*.html",
    "web/rights/templates/rights/hints/*.html",
    "web/design/templates/[45]*.html",
    "web/design/templates/design/base.html",
    "web/design/templates/design/error.html",
    "web/design/templates/design/components/{header,footer,languages,search,results,mark,reference,station,station_end}.html",
)
"""Pages a person without an account may see in her language, and what frames them."""
MODULES = (
    "web/journeys/views.py",
    "web/journeys/forms.py",
    "web/journeys/wording.py",
    "web/journeys/selectors.py",
    "web/journeys/slip_*.py",
    "web/journeys/epci_views.py",
    "web/journeys/demand_views.py",
    "web/rights/hints/*.py",
    "web/design/compliance.py",
    "web/design/context.py",
    "offer/calendar.py",
    "offer/freshness.py",
    "offer/orientation/where.py",
    "offer/orientation/why.py",
    "offer/orientation/slip.py",
    "vocab/hours.py",
)
TABLES = {
    "portrea.offer.calendar": ("HOURS_TO_CONFIRM",),
    "portrea.offer.orientation.slip": ("UNKNOWN", "_NO_VISIT"),
    "portrea.offer.orientation.where": ("_WRITE",),
    "portrea.offer.orientation.why": (
        "_HELPS", "_ONLY_DIRECTS", "_DIRECTS", "_CONFIRMED", "_PERHAPS", "_LANGUAGE_TOLD",
        "_SILENT", "_LANGUAGES",
    ),
    "portrea.vocab.hours": ("_SHUT", "_RANKS"),
}  # fmt: skip
"""Texts kept in constants, said by name."""
SPEAKERS = {"gettext", "gettext_lazy", "gettext_noop", "_", "say"}
PLURALS = {"ngettext", "ngettext_lazy", "_said"}


@dataclass
class Found:
    """Texts by where they are said, in order."""

    texts: dict[str | tuple[str, ...], list[str]] = field(default_factory=dict)

    def add(self, text: str | tuple[str, ...] | None, where: str) -> None:
        """Keep a text once, with every place that says it."""
        if text and (text if isinstance(text, str) else "".join(text)).strip():
            places = self.texts.setdefault(text, [])
            if where not in places:
                places.append(where)


def expected() -> Found:
    """Return every French text to be translated."""
    found = Found()
    for pattern in TEMPLATES:
        for path in _paths(pattern):
            _read_template(path, found)
    for pattern in MODULES:
        for path in _paths(pattern):
            _read_code(path.read_text("utf-8"), _name(path), found)
    for module, names in TABLES.items():
        for name in names:
            value = getattr(import_module(module), name)
            for text in value.values() if isinstance(value, dict) else (value,):
                found.add(text, f"src/{module.replace('.', '/')}.py")
    _read_procedures(found)
    _read_papers(found)
    _read_reasons(found)
    _read_questions(found)
    _read_rights(found)
    return found


def _paths(pattern: str) -> list[Path]:
    head, brace, rest = pattern.partition("{")
    if not brace:
        return sorted(PACKAGE.glob(pattern))
    names, _, tail = rest.partition("}")
    return [path for name in names.split(",") for path in sorted(PACKAGE.glob(head + name + tail))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _read_template(path: Path, found: Found) -> None:
    from django.utils.translation.template import templatize

    code = templatize(path.read_text("utf-8"))
    calls = re.findall(
        r"\b(?:n?gettext|_)\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[\s,]|count)+\)", code
    )
    for call in calls:
        _read_code(re.sub(r",\s*count\)$", ")", call), _name(path), found)


def _read_code(code: str, where: str, found: Found) -> None:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in PLURALS:
            found.add(tuple(text for arg in node.args[:2] for text in _constants(arg)), where)
        elif name in SPEAKERS:
            for text in _constants(node.args[0]):
                found.add(text, where)


def _constants(node: ast.expr) -> list[str]:
    """Return the text of an argument, or both of a choice between two."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _read_procedures(found: Found) -> None:
    where = "src/portrea/offer/orientation/params/demarches.yaml"
    table = yaml.safe_load((ROOT / where).read_text("utf-8"))
    for card in table["demarches"].values():
        for text in (card["libelle"], card.get("note"), (card.get("echeance") or {}).get("texte")):
            found.add(text, where)
    for card in table["organismes"].values():
        found.add(card["nom"], where)


def _read_papers(found: Found) -> None:
    where = "src/portrea/offer/params/a-apporter.yaml"
    table = yaml.safe_load((ROOT / where).read_text("utf-8"))
    for text in table["toujours"]:
        found.add(text, where)
    for kind in table["demarches"]:
        for text in (kind["titre"], *kind["pieces"]):
            found.add(text, where)


def _read_reasons(found: Found) -> None:
    where = "src/portrea/offer/orientation/params/sans-reponse.yaml"
    for card in yaml.safe_load((ROOT / where).read_text("utf-8"))["raisons"].values():
        found.add(card["dit"], where)


def _read_questions(found: Found) -> None:
    where = "src/portrea/rights/params/questions.yaml"
    for card in yaml.safe_load((ROOT / where).read_text("utf-8"))["questions"].values():
        choices = [label for _value, label in card.get("choices", ())]
        for text in (card["label"], card["help"], card.get("unit"), *choices):
            found.add(text, where)


def _read_rights(found: Found) -> None:
    where = "src/portrea/rights/params/droits.yaml"
    for card in yaml.safe_load((ROOT / where).read_text("utf-8"))["rights"].values():
        for text in (card["label"], card.get("doubt")):
            found.add(text, where)
    where = "src/portrea/rights/params/cartes.yaml"
    table = yaml.safe_load((ROOT / where).read_text("utf-8"))
    papers = [paper for told in table["papers"].values() for paper in told]
    for text in (*(card["for_whom"] for card in table["cards"].values()), *papers):
        found.add(text, where)


# -- catalogues -----------------------------------------------------------------------------------


def brought_up_to_date(language: str, found: Found) -> Catalog:
    """Return the catalogue of a language with exactly the texts said, its translations kept."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        known = read_po(file, locale=language)
    made = Catalog(
        locale=language, project="Portrea", fuzzy=False, charset="utf-8",
        creation_date=known.creation_date, revision_date=known.revision_date,
        header_comment=_HEADER,
    )  # fmt: skip
    for text, places in found.texts.items():
        message = known.get(text if isinstance(text, str) else text[0])
        string = message.string if message else ""
        flags = {"fuzzy"} if message and message.fuzzy else set()
        comments = message.user_comments if message else ()
        made.add(text, string, [(place, None) for place in places], flags, user_comments=comments)
    return made


_HEADER = """\
# Traductions du parcours public de Portrea. AGPL-3.0-or-later.
# « fuzzy » : à relire par une personne dont c’est la langue ; le texte est montré, marqué.
# Une fois relu, retirez ce mot (Poedit, Weblate : décochez « À retravailler »)."""


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as its file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, include_lineno=False)
    return buffer.getvalue()


def main() -> int:
    """Write the catalogues, or only say what they lack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="ne rien écrire")
    check = parser.parse_args().check
    found, wrong = expected(), 0
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        made = brought_up_to_date(language, found)
        empty = [m.id for m in made if m.id and not all(_strings(m.string))]
        fuzzy = sum(1 for m in made if m.id and m.fuzzy)
        stale = path.read_bytes() != written(made)
        print(f"{language} : {len(found.texts)} textes, {len(empty)} vides, {fuzzy} à relire")
        wrong += len(empty) + (stale and check)
        if stale and not check:
            path.write_bytes(written(made))
    return 1 if check and wrong else 0


def _strings(text: object) -> tuple[object, ...]:
    return text if isinstance(text, tuple) else (text,)


if __name__ == "__main__":
    sys.exit(main())
