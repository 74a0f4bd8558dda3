"""The guide of production, followed to the letter on a clean Debian, up to a page by nginx."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks import Measure

from endurance.debian_tree import debian

if TYPE_CHECKING:
    from collections.abc import Callable

    from endurance.debian_tree import Tree

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/utilisateurs/guides/mettre-en-production.md"
PROMISED = 30
"""Minutes that the guide promises."""
ONLINE = "12"
"""Titles whose commands install packages; all others reach nothing outside the machine."""
BLOCK = re.compile(r"^## (?P<title>.+?)$|^```bash\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL)
SITE = "https://portrait.exemple.fr"
CURL = "curl --silent --show-error --insecure --resolve portrait.exemple.fr:443:127.0.0.1"

pytestmark = pytest.mark.endurance


def blocks() -> list[tuple[str, str]]:
    """Each block of commands of the guide, with the title it stands under."""
    found, title = [], ""
    for part in BLOCK.finditer(GUIDE.read_text("utf-8")):
        title = part["title"] or title
        if part["script"]:
            found.append((title, part["script"]))
    return found


def wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("portrea-*.whl"))


def as_systemd_does(tree: Tree) -> None:
    """Start what Debian starts when its packages are installed."""
    tree.bash("pg_ctlcluster 15 main start && nginx")


def follow(tree: Tree) -> dict[str, float]:
    """Run every block in order; return the seconds of each title."""
    seconds: dict[str, float] = {}
    for rank, (title, script) in enumerate(blocks()):
        spent, said = tree.bash(script, online=title[0] in ONLINE)
        print(f"-- {title} : {spent:.1f} s\n{said[-1500:]}", flush=True)
        seconds[title] = seconds.get(title, 0.0) + spent
        if rank == 0:
            as_systemd_does(tree)
    return seconds


def test_the_guide_leads_to_a_site(tmp_path: Path, keep: Callable[[Measure], None]) -> None:
    built = wheel(tmp_path)
    with debian(tmp_path) as tree:
        tree.place(built, f"/root/{built.name}")
        version = built.name.split("-")[1]
        tree.place(ROOT / "requirements/core.txt", f"/root/portrea-{version}-verrou.txt")
        tree.place(Path(__file__).with_name("systemctl.py"), "/usr/local/bin/systemctl").chmod(
            0o755
        )
        seconds = follow(tree)
        minutes = sum(seconds.values()) / 60
        keep(
            Measure(
                "debian.guide",
                "Debian neuf → site en HTTPS, minutes",
                round(minutes, 1),
                limit=PROMISED,
                unit="min",
                note=", ".join(f"{t.split('.')[0]}: {s:.0f} s" for t, s in seconds.items()),
            )
        )
        shown(tree)
        slow_clients(tree, keep)
        unattended(tree)
    assert minutes < PROMISED


def shown(tree: Tree) -> None:
    """The pages come by nginx, in HTTPS, with the cookies and headers of a published site."""
    _, said = tree.bash(f"{CURL} --fail --include {SITE}/sante/")
    assert '"base": "ok"' in said
    assert "strict-transport-security" in said.lower()
    _, page = tree.bash(f"{CURL} --fail {SITE}/")
    static = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert static is not None
    for _ in range(2):
        _, style = tree.bash(f"{CURL} --fail --output /dev/null --dump-header - {SITE}{static[1]}")
        assert "immutable" in style or "max-age=31536" in style
    assert any(p.is_file() for p in (tree.root / "var/lib/nginx/portrea").rglob("*"))
    _, moved = tree.bash(
        f"{CURL.replace(':443:', ':80:')} --include http://portrait.exemple.fr/aide/?q=1"
    )
    assert f"{SITE}/aide/?q=1" in moved
    _, hidden = tree.bash(
        f"{CURL} --output /dev/null --write-out '%{{http_code}}' {SITE}/mesures-exploitation/"
    )
    assert hidden.endswith("404")
    journal = (tree.root / "var/log/nginx/portrea.log").read_text("utf-8")
    assert "q=1" not in journal
    assert "127.0.0.1" not in journal


def slow_clients(tree: Tree, keep: Callable[[Measure], None]) -> None:
    """With 200 connections that send a byte now and then, the others do not wait."""
    script = Path(__file__).with_name("slow_clients.py")
    tree.place(script, "/root/slow_clients.py")
    _, said = tree.bash("python3 /root/slow_clients.py 2>/dev/null")
    told = json.loads(said.splitlines()[-1])
    assert told["errors"] == 0
    keep(
        Measure(
            "nginx.slow",
            "page par nginx, 200 clients lents à côté, médiane",
            told["beside_ms"],
            floor=told["alone_ms"],
            unit="ms",
            note="plancher : la même page sans eux",
        )
    )
    assert told["beside_ms"] < 5 * told["alone_ms"] + 50


def unattended(tree: Tree) -> None:
    """What timers run by night, a backup that can be read; settings are still their owner's."""
    tree.bash("systemctl start portrea-retention.service")
    tree.bash("systemctl start portrea-backup.service")
    tree.bash("portrea restore /srv/portrea/sauvegardes/portrea-*.tar --dry-run")
    settings = tree.root / "etc/portrea/portrea.env"
    assert settings.stat().st_mode & 0o777 == 0o600
