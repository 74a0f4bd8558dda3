"""What Portrea is made of, and what is known of its flaws: nothing is said that was not asked."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]


@cache
def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_bill_of_materials_is_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "made-of.json"
    script("sbom").main([str(path)])
    text = path.read_text("utf-8")
    told: dict[str, Any] = json.loads(text)
    assert (told["bomFormat"], told["metadata"]["component"]["name"]) == ("CycloneDX", "portrea")
    lock = (ROOT / "requirements/core.txt").read_text("utf-8")
    pinned = {f"pkg:pypi/{n}@{v}" for n, v in re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", lock)}
    purls = [one["purl"].partition("?")[0] for one in told["components"]]
    assert {purl for purl in purls if purl.startswith("pkg:pypi/")} == pinned
    assert any(purl.startswith("pkg:npm/maplibre-gl@") for purl in purls)
    assert len({one["bom-ref"] for one in told["components"]}) == len(told["components"])
    assert all(one.get("properties") or one.get("hashes") for one in told["components"])
    assert not re.search(r"https?://|/tmp/|/home/", text), "no host, no folder of this machine"


PACKAGES = [{"name": "a", "version": "1"}, {"name": "b", "version": "2"}]


def report(**flaws: list[str]) -> dict[str, Any]:
    rows = [dict(one) for one in PACKAGES]
    for row in rows:
        if row["name"] in flaws:
            row["vulns"] = [{"id": flaw} for flaw in flaws[row["name"]]]
        else:
            row["skip_reason"] = "not found"
    return {"dependencies": rows}


def test_a_library_that_could_not_be_asked_about_is_not_said_sound() -> None:
    """pip-audit ends well when its base knows nothing: that is no answer."""
    of_pip = script("audit_dependencies").of_pip
    answer = of_pip(report(a=[]), 2)
    assert (answer.done, answer.flaws) == (False, ())
    assert "non fait pour 1 bibliothèques sur 2" in answer.sentence
    assert not of_pip(None, 2).done
    assert of_pip(report(a=[], b=[]), 2).done


def test_a_known_flaw_is_told_even_when_the_rest_was_not_asked() -> None:
    answer = script("audit_dependencies").of_pip(report(a=["CVE-0"]), 2)
    assert (answer.done, answer.flaws) == (False, ("a 1 : CVE-0",))


def test_the_registry_of_the_browser() -> None:
    of_npm = script("audit_dependencies").of_npm
    assert not of_npm({"message": "405 Method Not Allowed"}).done
    assert of_npm({"vulnerabilities": {}}).done
    assert of_npm({"vulnerabilities": {"x": {"severity": "high"}}}).flaws == ("x (high)",)


def test_flaws_are_a_failure_and_silence_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("audit_dependencies")
    monkeypatch.setattr(module, "ask_npm", lambda: module.of_npm(None))
    monkeypatch.setattr(module, "ask_pip", lambda: module.of_pip(None, 2))
    assert module.main() == 0
    assert capsys.readouterr().out.count("ATTENTION") == 2
    monkeypatch.setattr(module, "ask_pip", lambda: module.of_pip(report(a=["CVE-0"], b=[]), 2))
    assert module.main() == 1
    assert "faille connue : a 1 : CVE-0" in capsys.readouterr().out
