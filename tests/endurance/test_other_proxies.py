"""Apache and Caddy, run with our files in a clean Debian, in front of what repeats what it hears.

nginx is run in front of the real site by ``test_debian_guide.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from endurance.debian_tree import debian
from endurance.test_debian_guide import CURL, SITE, blocks

if TYPE_CHECKING:
    from endurance.debian_tree import Tree

PROXIES = Path(__file__).resolve().parents[2] / "deploy/proxy"
PACKAGES = "apache2 caddy curl openssl python3"
TRIAL = "tls /etc/portrea/tls/fullchain.pem /etc/portrea/tls/privkey.pem"
"""The one line added to the Caddyfile: without internet it cannot get its certificate itself."""
HOST = "portrait.exemple.fr {\n"
LARGEST = 21_000_000
"""Bytes that the site still reads: its own refusal, in French, begins there."""

pytestmark = pytest.mark.endurance


def test_apache_and_caddy_stand_in_front(tmp_path: Path) -> None:
    with debian(tmp_path) as tree:
        tree.bash("apt-get update", online=True)
        tree.bash(f"apt-get install --yes --no-install-recommends {PACKAGES}", online=True)
        tree.bash(next(script for _, script in blocks() if "openssl req" in script))
        tree.place(Path(__file__).with_name("upstream.py"), "/root/upstream.py")
        tree.bash("python3 /root/upstream.py >/dev/null 2>&1 &")
        tree.bash(
            f"head -c {LARGEST} /dev/zero >/root/large; head -c 23000000 /dev/zero >/root/huge"
        )
        apache(tree)
        stands_in_front(tree)
        journal = (tree.root / "var/log/apache2/portrea.log").read_text("utf-8")
        assert "GET /aide/" in journal
        assert "q=1" not in journal
        assert "127.0.0.1" not in journal
        tree.bash("apachectl stop; sleep 2")
        caddy(tree)
        stands_in_front(tree)
        journal = (tree.root / "root/caddy.log").read_text("utf-8")
        assert "serving initial configuration" in journal
        assert "q=1" not in journal
        assert "remote_ip" not in journal


def apache(tree: Tree) -> None:
    """Start Apache as the head of its file says."""
    tree.place(PROXIES / "apache.conf", "/etc/apache2/sites-available/portrea.conf")
    tree.bash("a2enmod ssl headers proxy proxy_http reqtimeout rewrite http2 && a2ensite portrea")
    tree.bash("apachectl configtest && apachectl start")


def caddy(tree: Tree) -> None:
    """Check our file as it is, then start Caddy with the certificate of the trial."""
    file = tree.place(PROXIES / "Caddyfile", "/etc/caddy/Caddyfile")
    tree.bash("caddy validate --config /etc/caddy/Caddyfile")
    ours = file.read_text("utf-8")
    assert ours.count(HOST) == 1
    file.write_text(ours.replace(HOST, f"{HOST}\t{TRIAL}\n"), "utf-8")
    tree.bash("caddy start --config /etc/caddy/Caddyfile >/root/caddy.log 2>&1")


def asked(tree: Tree, words: str) -> tuple[int, Any]:
    """Ask by curl; return the code of the answer and what it says, when it is JSON."""
    command = f"{CURL} --write-out '\\n%{{http_code}}' {words}"
    _, said = tree.bash(f"{command} 2>/dev/null")
    *page, code = [line for line in said.splitlines() if not line.startswith("+")]
    text = "\n".join(page)
    return int(code), json.loads(text) if text.startswith("{") else text


def stands_in_front(tree: Tree) -> None:
    """What the site relies on: the name, the scheme, the address, bodies whole, doors closed."""
    forged = "--header 'X-Forwarded-Proto: http' --header 'X-Forwarded-For: 9.9.9.9'"
    status, told = asked(tree, f"--retry 5 --retry-connrefused {forged} '{SITE}/aide/?q=1'")
    assert status == 200
    assert told["path"] == "/aide/?q=1"
    assert told["headers"]["host"] == "portrait.exemple.fr"
    assert told["headers"]["x-forwarded-proto"] == "https"
    assert told["headers"]["x-forwarded-for"].split(", ")[-1] == "127.0.0.1"
    for hidden in ("", "a"):
        status, _ = asked(tree, f"{SITE}/mesures-exploitation/{hidden}")
        assert status in {403, 404}
    status, told = asked(tree, f"--data-binary @/root/large {SITE}/offre/importer/")
    assert (status, told["body"]) == (200, LARGEST)
    status, _ = asked(tree, f"--http1.1 --data-binary @/root/huge '{SITE}/offre/importer/?q=1'")
    assert status in {413, 502}
    plain = "--resolve portrait.exemple.fr:80:127.0.0.1 --head"
    status, moved = asked(tree, f"{plain} 'http://portrait.exemple.fr/aide/?q=1'")
    assert status in {301, 308}
    assert f"{SITE}/aide/?q=1" in moved
