"""The documentation cannot lie: what is public has its page, what a page names exists."""

from __future__ import annotations

import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from portrea.cli import COMMANDS, portrea
from portrea.needs.tables import ESTIMATES, MEASURES

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "utilisateurs" / "reference"
ENTRANCES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES = sorted([*DOCS.rglob("*.md"), *ENTRANCES])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("portrea_docs", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands() -> dict[str, click.Command]:
    return dict(generator().all_commands())


# -- reference pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["commandes.md", "formats.md", "reglages.md", "vocabulaires.md",
                                  "capacite-services.schema.json",
                                  "../../developpeurs/securite/asvs.md"])  # fmt: skip
def test_generated_page_is_up_to_date(page: str) -> None:
    written = (REFERENCE / page).read_text("utf-8")
    assert written == generator().PAGES[page](), "run make docs"


def test_every_command_says_what_it_does_in_french() -> None:
    for path, command in commands().items():
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert getattr(parameter, "help", ""), f"{path} {parameter.opts}"


def test_one_line_helps_agree_with_the_commands() -> None:
    context = click.Context(portrea)
    for command in COMMANDS:
        assert portrea.get_command(context, command) is not None


def test_every_source_is_documented() -> None:
    catalogue = yaml.safe_load((ROOT / "src/portrea/sources/catalogue.yaml").read_text("utf-8"))
    page = (REFERENCE / "sources.md").read_text("utf-8")
    entries = catalogue.get("sources", catalogue)
    missing = [source for source in entries if f"`{source}`" not in page]
    assert not missing


def test_every_measure_and_column_is_documented() -> None:
    page = (REFERENCE / "mesures.md").read_text("utf-8")
    assert not [measure for measure in MEASURES if f"`{measure}`" not in page]
    assert not [c.name for c in ESTIMATES.columns if f"`{c.name}`" not in page]


def test_every_environment_variable_of_the_code_is_a_setting() -> None:
    """No hidden switch: what the code reads is in the table of settings."""
    declared = {variable.name for variable in generator().VARIABLES}
    used = {
        found
        for path in (ROOT / "src").rglob("*.py")
        for found in re.findall(r"environ(?:\.get\(|\[)\"(PORTREA_\w+)\"", path.read_text("utf-8"))
    }
    assert used <= declared


# -- links and commands written in pages -----------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [t.split("#")[0] for t in targets if not re.match(r"[a-z]+:", t) and t[0] != "#"]
    assert not [target for target in local if not (page.parent / target).exists()]


def written_commands(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    blocks = re.findall(r"```(?:bash|console|sh)\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`((?:portrea|make) [^`]+)`", text)
    return [line for line in (*lines, *inline) if line.startswith(("portrea ", "make "))]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_written_commands_exist(page: Path) -> None:
    """Each ``portrea …`` or ``make …`` of a page names a real command and real options."""
    if page.is_relative_to(DOCS / "acceptation"):
        return
    for line in written_commands(page):
        words = shlex.split(line.split(" | ")[0].split(" > ")[0], comments=True)
        if words[0] == "make":
            goals = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
            assert set(goals) <= TARGETS, line
        elif words[1] not in {"COMMANDE", "--help", "--version"}:
            _check_portrea(words, line)


def _check_portrea(words: list[str], line: str) -> None:
    known = commands()
    path, rest = "portrea", words[1:]
    while rest and f"{path} {rest[0]}" in known:
        path, rest = f"{path} {rest[0]}", rest[1:]
    assert path in known, line
    options = {o for p in known[path].params for o in (*p.opts, *p.secondary_opts)}
    used = {word.split("=")[0] for word in rest if word.startswith("-")} - {"--help", "-h"}
    assert used <= options, line


# -- form ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(DOCS.rglob("decisions/*.md")), ids=name)
def test_decision_fits_a_screen_and_has_its_parts(page: Path) -> None:
    text = page.read_text("utf-8")
    number = page.name[:4]
    assert text.startswith(f"# {number}")
    assert len(text.splitlines()) <= 70
    for part in ("État", "Contexte", "Décision", "Conséquences"):
        assert part in text, part


def test_index_leads_to_every_page() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    methods = (DOCS / "methode" / "index.md").read_text("utf-8")
    listed = {target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", index)}
    listed |= {f"methode/{target}" for target in re.findall(r"\]\(([^)\s]+)\)", methods)}
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"index.md"}
    assert not pages - listed


def test_publiccode_is_valid() -> None:
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    required = {
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus",
        "softwareType", "description", "legal", "maintenance", "localisation",
    }  # fmt: skip
    assert required <= set(card)
    assert card["legal"]["license"] == "AGPL-3.0-or-later"
    for language, description in card["description"].items():
        assert re.fullmatch(r"[a-z]{2}", language)
        assert len(description["shortDescription"]) <= 150
        assert 150 <= len(description["longDescription"]) <= 10_000
        assert description["features"]


def test_licence_is_the_whole_agpl() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 19 November 2007" in text
    assert "13. Remote Network Interaction" in text
    assert "17. Interpretation of Sections 15 and 16" in text
    assert len(text) > 34_000


def test_readme_shows_and_tells() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert "## In English" in text
    captures = re.findall(r"!\[[^\]]+\]\((docs/captures/[^)]+)\)", text)
    assert len(captures) >= 2
