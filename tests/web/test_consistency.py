"""Rules of the house, read in the files: templates, style sheet, views."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src/portrea/web"
TEMPLATES = sorted(WEB.rglob("templates/**/*.html"))
STYLE = WEB / "design/static/design/portrea.css"
MOST_LINES = 120
FROM_DJANGO = {"400.html", "403.html", "404.html", "500.html"}


def name_of(path: Path) -> str:
    return str(path).rsplit("/templates/", 1)[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    includes = re.findall(r"{% include .*? %}", text)
    assert [tag for tag in includes if not tag.endswith(" only %}")] == []
    loaded = re.findall(r"{% load (.+?) %}", text)
    assert loaded == sorted(loaded)
    assert all(" " not in library for library in loaded), "one library a line"
    assert "style=" not in text
    assert not re.search(r"\son\w+=", text)
    get_template(name_of(path))


def test_french_is_wrapped_for_translation() -> None:
    """Words a reader sees are inside a translation tag (headings, buttons, labels)."""
    bare = re.compile(r"<(?:h[1-6]|button|label|dt|th)[^>]*>([^<{]*[A-Za-zÀ-ÿ]{3}[^<{]*)<")
    assert [
        (p.name, bare.findall(p.read_text("utf-8")))
        for p in TEMPLATES
        if bare.search(p.read_text("utf-8"))
    ] == []


def test_no_unused_template() -> None:
    code = "\n".join(p.read_text("utf-8") for p in [*WEB.rglob("*.py"), *TEMPLATES])
    pages = set(re.findall(r'"(\w+)"', (WEB / "design/views.py").read_text("utf-8")))
    unused = [
        name
        for name in map(name_of, TEMPLATES)
        if f'"{name}"' not in code
        and name not in FROM_DJANGO
        and not (name.startswith("design/pages/") and Path(name).stem in pages)
    ]
    assert unused == []


def test_components_are_described() -> None:
    folder = WEB / "design/templates/design/components"
    assert {p.stem for p in folder.glob("*.html")} == {p.stem for p in folder.glob("*.md")}


@pytest.mark.parametrize("path", sorted(WEB.rglob("views.py")), ids=lambda p: p.parent.name)
def test_no_query_in_a_view(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(one)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for one in ast.walk(block)
    }
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    imported = {n.module or "" for n in imports if id(n) not in for_types}
    assert not [
        m for m in imported if m.endswith(".models") or m.startswith(("polars", "portrea.sources"))
    ]
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not attributes & {"objects", "filter", "cursor", "execute"}


def test_style_is_right_for_both_reading_directions() -> None:
    """RGAA 8.10: no physical side in the style sheet."""
    css = STYLE.read_text("utf-8")
    sides = r"[{;](?:(?:margin|padding|border)-)?(?:left|right):|text-align:(?:left|right)"
    assert re.findall(sides, css) == []


def test_style_keeps_to_the_palette() -> None:
    """The colours of decision 0004, in both places."""
    from portrea.steering import figures_style

    tokens = (ROOT / "frontend/scss/_tokens.scss").read_text("utf-8")
    for name in ("ink", "muted", "teal", "teal-dark", "accent", "paper", "sand", "rule"):
        value = getattr(figures_style, name.upper().replace("-", "_"))
        assert f"${name}: {value};" in tokens
    assert ", ".join(figures_style.SEQUENCE) in tokens


def test_lock_names_no_host() -> None:
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text("utf-8")


def test_licences_stand_beside_what_they_cover() -> None:
    folder = STYLE.parent
    for path in (
        "vendor/maplibre-gl/LICENSE.txt",
        "vendor/pmtiles/LICENSE.txt",
        "LICENSE-bootstrap.txt",
    ):
        assert (folder / path).stat().st_size > 500
    assert list((folder / "fonts").glob("LICENSE*"))


def test_undefined_variable_fails() -> None:
    with pytest.raises(AssertionError, match="nothing_here"):
        engines["django"].from_string("{{ nothing_here }}").render({})
