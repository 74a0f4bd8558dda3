"""The files of a server: filled with the names given, read by the programs they are for."""

from __future__ import annotations

import configparser
import http.server
import json
import re
import shutil
import stat
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from django.urls import reverse

from portrea.base.errors import ParameterError, StoreError
from portrea.cli import portrea
from portrea.cli.deploy_files import EXAMPLE, Deployment, files_of
from portrea.web.config.middleware import BodySizeMiddleware

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = Deployment(
    host="aide.ma-commune.fr",
    home="/data/portrea",
    prefix="/usr/local/lib/portrea",
    env_file="/etc/aide.env",
    address="127.0.0.1:8765",
)
COMMAND = re.compile(r"[a-z]+(?: [a-z]+)?")
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictNamespaces": "yes",
    "LockPersonality": "yes", "UMask": "0077", "SystemCallArchitectures": "native",
}  # fmt: skip


class Unit(configparser.RawConfigParser):
    """A unit of systemd: names keep their case, a name may come back."""

    def __init__(self, text: str) -> None:
        super().__init__(strict=False, comment_prefixes=("#",), delimiters=("=",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read_string(text)


def unit(path: Path) -> Unit:
    return Unit(path.read_text("utf-8"))


def invoke(*words: object) -> str:
    done = CliRunner().invoke(portrea, [str(word) for word in words], catch_exceptions=False)
    return done.output


# -- writing ---------------------------------------------------------------------------------------


def test_the_example_is_written_as_it_is_kept() -> None:
    told = files_of(EXAMPLE)
    lock = told.pop("container/requirements.txt")
    kept = {
        p.relative_to(DEPLOY).as_posix(): p.read_bytes() for p in DEPLOY.rglob("*") if p.is_file()
    }
    assert told == kept
    assert lock == (ROOT / "requirements" / "core.txt").read_bytes()


def test_no_name_of_the_example_is_left() -> None:
    for path, content in files_of(OURS).items():
        if path == "container/requirements.txt" or path.startswith("container/"):
            continue  # a container has folders of its own, named once for all
        text = content.decode()
        for name in (EXAMPLE.host, EXAMPLE.env_file, EXAMPLE.address, "--port 8000"):
            assert name not in text, path
        assert not re.search(r"(?<!lib)/(opt|srv)/portrea", text), path


def test_deploy_write(tmp_path: Path) -> None:
    folder = tmp_path / "serveur"
    assert "lisez README.md" in invoke("deploy", "write", folder, "--host", "aide.ma-commune.fr")
    assert "server_name aide.ma-commune.fr;" in (folder / "proxy/nginx.conf").read_text("utf-8")
    assert stat.S_IMODE((folder / "bin/portrea").stat().st_mode) == 0o755
    with pytest.raises(ParameterError, match="n’est pas vide"):
        invoke("deploy", "write", folder, "--host", "aide.ma-commune.fr")


@pytest.mark.parametrize(
    "host", ["", "https://a.fr", "a b.fr", "a.fr;", "-a.fr", "Â.fr", "a..fr", "a" * 64, "a.fr\n}"]
)
def test_a_name_that_would_change_a_file_is_refused(host: str) -> None:
    with pytest.raises(ParameterError, match="nom de site"):
        Deployment(host=host)


@pytest.mark.parametrize("folder", ["srv", "/srv/a b", "/srv/../etc", "/srv;rm", "/srv/%i", "/"])
def test_a_folder_that_would_change_a_file_is_refused(folder: str) -> None:
    with pytest.raises(ParameterError, match="chemin"):
        Deployment(home=folder)


# -- systemd ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_a_service_is_hardened_and_runs_a_real_command(path: Path) -> None:
    service = unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["User"] == "portrea"
    assert service["EnvironmentFile"] == EXAMPLE.env_file
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == EXAMPLE.home
    for name in ("ExecStartPre", "ExecStart"):
        if name in service:
            program, *words = service[name].split()
            assert program == f"{EXAMPLE.prefix}/bin/portrea"
            assert "Usage" in invoke(*COMMAND.match(" ".join(words))[0].split(), "--help")


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.timer")), ids=lambda p: p.name)
def test_a_timer_has_its_service_and_catches_up(path: Path) -> None:
    timer = unit(path)
    assert path.with_suffix(".service").exists()
    assert timer["Timer"]["Persistent"] == "yes"
    assert timer["Install"]["WantedBy"] == "timers.target"


def systemd_says(*words: object) -> str:
    done = subprocess.run(
        ["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


if shutil.which("systemd-analyze"):  # elsewhere, the parser above has read them

    def test_systemd_finds_no_fault(tmp_path: Path) -> None:
        """With its own reader, the command being there; and little is exposed (2 of 10)."""
        program = tmp_path / "lib" / "bin" / "portrea"
        program.parent.mkdir(parents=True)
        program.symlink_to("/bin/true")
        units = []
        for name, content in files_of(Deployment(prefix=str(tmp_path / "lib"))).items():
            if name.startswith("systemd/"):
                units.append(tmp_path / Path(name).name)
                units[-1].write_bytes(content)
        assert systemd_says("verify", "--recursive-errors=no", *units) == ""
        services = [path for path in units if path.suffix == ".service"]
        systemd_says("security", "--offline=true", "--threshold=20", "--no-pager", *services)


# -- proxies ---------------------------------------------------------------------------------------

PROXIES = sorted((DEPLOY / "proxy").iterdir())


def size_of(text: str) -> int:
    """The largest body a proxy lets through, in bytes."""
    found = re.search(r"(?:client_max_body_size|max_size|Length} -gt) (\d+)(m|MB)?\W", text)
    assert found is not None
    return int(found[1]) * (1_000_000 if found[2] else 1)


@pytest.mark.parametrize("path", PROXIES, ids=lambda p: p.name)
def test_a_proxy_lets_the_site_say_what_is_too_big(path: Path) -> None:
    size = size_of(path.read_text("utf-8"))
    assert BodySizeMiddleware.MOST < size <= BodySizeMiddleware.MOST * 1.1


@pytest.mark.parametrize("path", PROXIES, ids=lambda p: p.name)
def test_a_proxy_cuts_slow_clients_and_hides_the_metrics(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search("client_body_timeout|read_body|RequestReadTimeout", text)
    assert reverse("metrics") in text
    assert "127.0.0.1:8000" in text
    if path.name != "Caddyfile":  # which sets it by itself
        assert "X-Forwarded-Proto" in text


# -- commands --------------------------------------------------------------------------------------


def test_compose_starts_the_site_after_its_base() -> None:
    told = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
    services = told["services"]
    assert set(services) == {"db", "prepare", "web", "worker", "proxy"}
    for name in ("prepare", "web", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert "ports" not in services[name]
    assert "ports" not in services["db"]
    assert services["db"]["networks"] == ["interne"]
    assert told["networks"]["interne"]["internal"] is True
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in told["volumes"] or (DEPLOY / "container" / source).exists()


class _Site(http.server.BaseHTTPRequestHandler):
    status = 200
    asked: dict[str, str]

    def do_GET(self) -> None:
        type(self).asked = dict(self.headers) | {"path": self.path}
        body = json.dumps({"base": "ok"}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def answering() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_probe_asks_as_the_proxy_does(answering: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTREA_HOSTS", "aide.ma-commune.fr, autre.fr")
    monkeypatch.setattr(_Site, "status", 200)
    assert "Le site va bien" in invoke("deploy", "probe", "--port", answering)
    assert _Site.asked["path"] == "/sante/"
    assert _Site.asked["Host"] == "aide.ma-commune.fr"
    assert _Site.asked["X-Forwarded-Proto"] == "https"
    monkeypatch.setattr(_Site, "status", 503)
    with pytest.raises(StoreError, match="code 503"):
        invoke("deploy", "probe", "--port", answering)


def test_probe_says_that_nothing_answers(answering: int) -> None:
    free = answering - 1 if answering > 1024 else answering + 1
    with pytest.raises(ParameterError, match=f"port {free}") as told:
        invoke("deploy", "probe", "--port", free, "--wait", 0)
    assert "journalctl" in told.value.remedy


def test_the_command_of_the_server_reads_its_settings(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "portrea"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$PORTREA_PUBLISHER|$*"\n', "utf-8")
    program.chmod(0o755)
    settings = tmp_path / "portrea.env"
    settings.write_text('PORTREA_PUBLISHER="Mairie \\$1 \\"A\\""\n', "utf-8")
    ours = Deployment(prefix=str(tmp_path), env_file=str(settings))
    script = tmp_path / "portrea"
    text = files_of(ours)["bin/portrea"].decode().replace("id -u", "echo 1000")
    script.write_text(text, "utf-8")
    done = subprocess.run(
        ["/bin/sh", script, "doctor", "--all"], capture_output=True, text=True, check=False
    )
    assert done.stdout == 'Mairie $1 "A"|doctor --all\n'
