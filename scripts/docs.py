"""Write the reference pages drawn from the code: commands, settings, vocabularies.

``make docs`` writes them; ``python scripts/docs.py --check`` (and a test) only compares.
"""

from __future__ import annotations

import csv
import json
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from portrea.cli import portrea
from portrea.offer.exchange import capacity
from portrea.offer.exchange.losses import losses
from portrea.sources.catalogue import catalogue
from portrea.steering.conformance import conflicts
from portrea.steering.exchange import STANDARDS
from portrea.vocab.situations import Situation
from portrea.vocab.tables import KINDS
from portrea.vocab.variables import variables
from portrea.web.config.settings.variables import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portrea.sources.catalogue import Entry
    from portrea.steering.conformance import Conflict
    from portrea.vocab.variables import Variable

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "utilisateurs" / "reference"
SOURCES = ROOT / "src" / "portrea" / "sources"
NOTICE = "<!-- Écrit par « make docs » depuis le code : ne pas modifier à la main. -->\n"


def commands_page() -> str:
    """Every command, argument and option, with its help."""
    parts = [
        "# Commandes\n",
        NOTICE,
        "Une seule commande, `portrea` ; `portrea COMMANDE --help` dit la même chose.\n"
        "Une erreur d’usage ou de données se termine par un message en français et un code de\n"
        "sortie différent de zéro ; le magasin de données reste alors inchangé.\n",
        "| Code de sortie | Sens |\n|---|---|\n"
        "| 0 | tout va bien |\n| 2 | option ou argument mal écrit, erreur générale |\n"
        "| 3 | fichier ou données refusés |\n| 4 | paramètre hors de son domaine |\n"
        "| 5 | territoire inconnu ou ambigu |\n| 6 | secret statistique |\n"
        "| 7 | magasin de données absent ou abîmé |\n",
    ]
    parts += [_command(path, command) for path, command in all_commands()]
    return "\n".join(parts)


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each final command with its full name, in the order of ``portrea --help``."""
    context = click.Context(portrea, info_name="portrea")
    for name in portrea.list_commands(context):
        command = portrea.get_command(context, name)
        assert command is not None
        yield from _below(f"portrea {name}", command)


def _below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in _children(command):
            yield from _below(f"{path} {name}", child)


def _children(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group, those imported only when asked for too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        child = group.get_command(context, name)
        assert child is not None
        yield name, child


def _command(path: str, command: click.Command) -> str:
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    options = [p for p in command.params if isinstance(p, click.Option)]
    usage = " ".join([path, *(_argument(p) for p in arguments)])
    if options:
        usage += " [OPTIONS]"
    if isinstance(command, click.Group):
        usage = f"{path} COMMANDE"
    text = [f"## `{path}`\n", f"```\n{usage}\n```\n", f"{_help(command)}\n"]
    if options:
        text.append("| Option | Effet | Par défaut |\n|---|---|---|")
        text += [_option(option) for option in options]
        text.append("")
    return "\n".join(text)


def _help(command: click.Command) -> str:
    lines = (command.help or "").replace("\b\n", "").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def _argument(argument: click.Argument) -> str:
    return argument.make_metavar(click.Context(click.Command("x")))


def _option(option: click.Option) -> str:
    names = " ou ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    choices = ""
    if isinstance(option.type, click.Choice):
        choices = f" Valeurs : {', '.join(f'`{choice}`' for choice in option.type.choices)}."
    default = _default(option)
    return f"| {names} | {(option.help or '').replace('|', '/')}{choices} | {default} |"


def _default(option: click.Option) -> str:
    value = option.default
    if option.required:
        return "obligatoire"
    if value is None or value == () or callable(value) or "Sentinel" in type(value).__name__:
        return "–"
    if option.secondary_opts:
        return f"`{(option.opts if value else option.secondary_opts)[0]}`"
    if option.is_flag:
        return "–"
    return f"`{value}`"


def settings_page() -> str:
    """Every environment variable an administrator may set."""
    rows = [
        f"| `{v.name}` | {v.help} | {f'`{v.default}`' if v.default else '–'} |" for v in VARIABLES
    ]
    return "\n".join(
        [
            "# Réglages\n",
            NOTICE,
            "Les réglages sont lus dans l’environnement ; aucun n’est obligatoire pour essayer.\n",
            "| Variable | Effet | Par défaut |\n|---|---|---|",
            *rows,
            "",
        ]
    )


def vocabularies_page() -> str:
    """Closed lists: variables, situations, tables and glossary."""
    glossary = yaml.safe_load((ROOT / "src/portrea/vocab/glossary.yaml").read_text("utf-8"))
    return "\n".join(
        [
            "# Variables et vocabulaires\n",
            NOTICE,
            "## Situations-problèmes\n",
            "| Code | Pour les habitants |\n|---|---|",
            *(f"| `{s.value}` | {s.label} |" for s in Situation),
            "\n## Variables statistiques\n",
            "Une variable sans addition (taux, médiane) n’est jamais sommée.\n",
            "| Nom | Libellé | Unité | Parmi | S’additionne |\n|---|---|---|---|---|",
            *(_variable(variable) for variable in variables().values()),
            "\n## Tables du magasin\n",
            *(_table(name) for name in KINDS),
            "## Glossaire\n",
            "| Terme | Dans le code | Définition | Référence |\n|---|---|---|---|",
            *(_term(card) for card in glossary.values()),
            "",
        ]
    )


def _variable(variable: Variable) -> str:
    adds_up = "oui" if variable.additive else "non"
    cells = (f"`{variable.name}`", variable.label, variable.unit, variable.universe, adds_up)
    return f"| {' | '.join(cells)} |"


def _term(card: dict[str, str]) -> str:
    cells = (card["term"], f"`{card['code']}`", card["definition"], card["reference"] or "–")
    return f"| {' | '.join(cells)} |"


def _table(name: str) -> str:
    rows = [
        f"| `{column.name}` | {column.meaning} | {column.unit or '–'} | "
        f"{'peut manquer' if column.nullable else 'toujours'} |"
        for column in KINDS[name].columns
    ]
    return "\n".join(
        [f"### `{name}`\n", "| Colonne | Sens | Unité | Présence |\n|---|---|---|---|", *rows, ""]
    )


def sources_page() -> str:
    """Every dataset of the catalogue, and the columns that each source uses."""
    entries = catalogue().values()
    return "\n".join(
        [
            "# Sources reconnues\n",
            NOTICE,
            "`portrea data add FICHIER` reconnaît un fichier à ses colonnes, pas à son nom : csv\n"
            "(`;`, `,` ou tabulation, UTF-8 ou Windows), csv.gz, zip, xlsx, xls, ods, parquet,\n"
            "geojson, json, gpkg et shp. « Non vérifié » : aucune page publique vue par le projet\n"
            "ne montre l’adresse ou les colonnes ; le chargement est possible, mais comparez avec\n"
            "la notice du producteur.\n",
            "Toujours : les zéros de tête perdus sont remis et le message le dit ; la virgule\n"
            "décimale est comprise ; Paris, Lyon et Marseille ne sont jamais comptés deux fois\n"
            "(commune et arrondissements) ; une valeur masquée par le secret statistique reste\n"
            "inconnue, jamais zéro.\n",
            *(_source_entry(known) for known in entries),
            "## Colonnes utilisées\n",
            *(_source_words(path) for path in sorted(SOURCES.glob("*/mapping/*.csv"))),
        ]
    )


def _source_entry(known: Entry) -> str:
    note = "" if known.verified else " – non vérifié"
    vintages = ", ".join(known.vintages) or "voir le fichier"
    rows = [
        f"## `{known.id}`{note}\n",
        f"{known.title}. Producteur : {known.producer}.\n",
        f"- reconnu à : {known.layout}",
        f"- niveaux : {', '.join(known.levels)} ; millésimes : {vintages}",
        f"- licence : {known.licence or 'non indiquée'}",
    ]
    if known.page:
        rows.append(f"- page du producteur : <{known.page}>")
    if known.embedded:
        rows.append("- livré avec Portrea, chargé par `portrea demo`")
    elif known.url:
        rows.append(f"- téléchargement : `portrea data fetch {known.id}`")
    if known.measures:
        rows.append(f"- sert aux mesures : {', '.join(known.measures).upper()}")
    if known.note:
        rows.append(f"- à savoir : {known.note}")
    return "\n".join([*rows, ""])


def _source_words(path: Path) -> str:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]
    rows = [f"| {' | '.join(f'`{cell}`' for cell in row[:2])} |" for row in csv.reader(lines)][1:]
    title = f"### {path.parent.parent.name} : {path.stem}\n"
    header = "| Colonne ou code du producteur | Dans Portrea |\n|---|---|"
    return "\n".join([title, header, *rows, ""])


PAGES: dict[str, Callable[[], str]] = {
    "commandes.md": commands_page,
    "reglages.md": settings_page,
    "sources.md": sources_page,
    "vocabulaires.md": vocabularies_page,
}


def formats_page() -> str:
    """Formats of exchange: what each loses, the columns of capacity, who disagrees with whom."""
    formats = "\n".join(
        f"| `{name}` | {chosen.label} | `.{chosen.extension}` |"
        for name, chosen in STANDARDS.items()
    )
    return "\n".join(
        [
            "# Formats d’échange\n",
            NOTICE,
            "`portrea offer export --standard FORMAT TERRITOIRE -o FICHIER` écrit les lieux ;\n"
            "`portrea offer import FICHIER` relit chacun de ces formats, sous les mêmes\n"
            "identifiants ; `portrea conformance FICHIER` dit quel validateur refuse quoi.\n",
            f"| Format | Nom | Fichier |\n|---|---|---|\n{formats}\n",
            "Dans un fichier csv ou un classeur, une case qui commencerait comme une formule\n"
            "(`=`, `+`, `-`, `@`) reçoit une apostrophe devant ; elle disparaît à la relecture.\n",
            "## Capacité des services\n",
            "Extension de Portrea au standard des lieux de médiation numérique : une ligne par\n"
            "service, à joindre au fichier des lieux par `id_lieu` = `id` ; csv UTF-8, virgules.\n"
            f"Son schéma (Table Schema) est publié à côté :\n[{capacity.FILE}]({capacity.FILE}).\n"
            "À l’import, une ligne complète un lieu déjà au recensement ; celle d’un lieu inconnu\n"
            "est refusée, avec la raison. Quand un service a plusieurs présences ou plusieurs\n"
            "métiers, leurs horaires et leurs nombres ne sont pas partagés entre eux au retour.\n",
            "| Colonne | Sens | Valeurs |\n|---|---|---|",
            *(_schema_field(field) for field in capacity.schema()["fields"]),
            "\n## Ce que chaque format ne peut pas tenir\n",
            "Le reste de la fiche revient tel quel (vérifié par les tests). GeoParquet tient les\n"
            "colonnes de la table `places` (voir [les vocabulaires](vocabulaires.md)).",
            *(_losses(name) for name in STANDARDS if name in losses()),
            "\n## Désaccords entre validateurs\n",
            "Conflit : aucune écriture ne plaît aux deux ; nous suivons le schéma officiel et\n"
            "`portrea conformance` n’en fait pas un refus. Écart : une écriture plaît à tous,\n"
            "celle de nos exports.\n",
            "| Genre | Champ | Valeur | Refusée par | Acceptée par | Raison |",
            "|---|---|---|---|---|---|",
            *(_conflict(conflict) for conflict in conflicts()),
            "",
        ]
    )


def _schema_field(field: dict[str, Any]) -> str:
    limits = field.get("constraints", {})
    words = ", ".join(f"`{value}`" for value in limits.get("enum", ()))
    bounds = [f"{limits[n]} au {w}" for n, w in _BOUNDS.items() if n in limits]
    kind = words or ", ".join([_TYPES[field["type"]], *bounds])
    needed = " (obligatoire)" if limits.get("required") else ""
    sense = ". ".join(filter(None, (field["title"], field.get("description"))))
    return f"| `{field['name']}`{needed} | {_cell(sense)} | {kind} |"


_TYPES = {"string": "texte", "number": "nombre", "date": "date AAAA-MM-JJ"}
_BOUNDS = {"minimum": "moins", "maximum": "plus"}


def _losses(name: str) -> str:
    rows = "\n".join(f"| `{path}` | {_cell(why)} |" for path, why in losses()[name].items())
    title = STANDARDS[name].label
    return f"\n### {title}\n\n| Champ de la fiche | Ce qui change ou se perd |\n|---|---|\n{rows}"


def _conflict(found: Conflict) -> str:
    kind = "conflit" if found.kind == "conflit" else "écart"
    cells = (kind, f"`{found.field}`", found.value, found.refused_by or "personne",
             found.accepted_by, found.reason)  # fmt: skip
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def capacity_schema() -> str:
    """The Table Schema of our extension, as others may fetch it."""
    return json.dumps(capacity.schema(), ensure_ascii=False, indent=2) + "\n"


def asvs_page() -> str:
    """The walk through the ASVS, which :mod:`scripts.asvs` writes from its table."""
    page: Callable[[], str] = runpy.run_path(str(ROOT / "scripts/asvs.py"))["page"]
    return page()


ASVS = "../../developpeurs/securite/asvs.md"
PAGES |= {"formats.md": formats_page, capacity.FILE: capacity_schema, ASVS: asvs_page}


def main() -> int:
    """Write the pages, or with ``--check`` say which ones are out of date."""
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        text = page()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
    print(f"Pages à jour : {len(PAGES) - len(stale)} ; écrites : {', '.join(stale) or 'aucune'}.")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
