"""The files of a self-service station: what they say, and what their scripts really do."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli.kiosk import kiosk as command
from portrea.cli.kiosk_files import files_of
from portrea.cli.kiosk_policies import Kiosk, chromium, firefox, kiosk_of

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://portrait.exemple.fr"


def chosen(**told: Any) -> Kiosk:
    return kiosk_of(
        told.pop("url", SITE),
        **({"idle": 3, "commune": "35188", "allowed": ("caf.fr",)} | told),
    )


def test_only_the_station_and_the_sites_chosen_open() -> None:
    told = chromium(chosen(allowed=("https://www.Service-Public.gouv.fr/", "caf.fr", "caf.fr")))
    assert told["URLBlocklist"][0] == "*"
    assert told["URLAllowlist"] == [
        "https://.portrait.exemple.fr/borne-3-35188/",
        "www.service-public.gouv.fr",
        "caf.fr",
    ]
    filtered = firefox(chosen())["policies"]["WebsiteFilter"]
    assert filtered["Block"] == ["<all_urls>"]
    assert filtered["Exceptions"] == [
        "https://portrait.exemple.fr/borne-3-35188/*",
        "https://portrait.exemple.fr/static/*",
        "*://*.caf.fr/*",
    ]


def test_the_page_asks_before_the_browser_closes() -> None:
    told = chromium(chosen(idle=5))
    assert told["IdleTimeout"] == 7, "five minutes, one to answer, one to spare"
    assert told["IdleTimeoutActions"][0] == "close_browsers"
    wiped = {action.removeprefix("clear_") for action in told["IdleTimeoutActions"][1:]}
    assert wiped == set(told["ClearBrowsingDataOnExitList"])
    assert chosen(idle=5).start == f"{SITE}/borne-5-35188/"


def test_printing_is_a_choice() -> None:
    for printing in (True, False):
        assert chromium(chosen(printing=printing))["PrintingEnabled"] is printing
        assert firefox(chosen(printing=printing))["policies"]["PrintingEnabled"] is printing


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"url": "portrait.exemple.fr"}, "--url https://"),
        ({"url": "ftp://exemple.fr"}, "--url https://"),
        ({"url": "https://moi@exemple.fr"}, "--url https://"),
        ({"url": f"{SITE}/orientation/"}, f"--url {SITE}"),
        ({"idle": 0}, "de 1 à 30"),
        ({"idle": 31}, "de 1 à 30"),
        ({"commune": "Rennes"}, "--commune 35188"),
        ({"allowed": ('caf.fr", "*',)}, "--allow"),
        ({"allowed": ("*",)}, "--allow"),
        ({"allowed": ("",)}, "--allow"),
    ],
)
def test_what_cannot_be_is_refused(told: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        chosen(**told)
    assert said in (refused.value.remedy or "")


def test_every_place_of_the_models_is_filled() -> None:
    for path, content in files_of(chosen()).items():
        assert b"@{" not in content, path
    told = files_of(chosen())
    assert b"\r\n" in told["windows/portrea-borne.bat"]
    assert told["windows/installer.ps1"].startswith(b"\xef\xbb\xbf"), "read as UTF-8 by Windows"


def test_the_command_writes_a_new_folder_only(tmp_path: Path) -> None:
    words = ["write", str(tmp_path / "borne"), "--url", SITE, "--allow", "caf.fr", "--idle", "4"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert f"{SITE}/borne-4/" in done.output
    assert os.access(tmp_path / "borne/linux/installer.sh", os.X_OK)
    again = CliRunner().invoke(command, words)
    assert isinstance(again.exception, ParameterError)


# -- scripts --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a station."""
    for name, content in files_of(chosen()).items():
        path = tmp_path / "borne" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "borne"


def run(script: Path, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(script), *words],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def test_the_launcher_opens_again_with_nothing_left(folder: Path, tmp_path: Path) -> None:
    """A stand-in browser writes in its folder, and stops the launcher the third time."""
    told = tmp_path / "told"
    browser = tmp_path / "chromium"
    browser.write_text(
        "#!/usr/bin/env bash\n"
        f'echo "$@" >> "{told}"\n'
        'for word in "$@"; do case "$word" in --user-data-dir=*) at="${word#*=}";; esac; done\n'
        '[ -z "$(ls -A "$at")" ] || exit 9\n'
        'touch "$at/trace"\n'
        f'[ "$(wc -l < "{told}")" -lt 3 ] || kill "$PPID"\n',
        "utf-8",
    )
    browser.chmod(0o755)
    kept = tmp_path / "temporary"
    kept.mkdir()
    launcher = folder / "linux/portrea-borne.sh"
    run(launcher, PORTREA_NAVIGATEUR=str(browser), PORTREA_PAUSE="0", TMPDIR=str(kept))
    lines = told.read_text("utf-8").splitlines()
    assert len(lines) == 3
    assert all(f"{SITE}/borne-3-35188/" in line and "--kiosk" in line for line in lines)
    assert len({line.split("--user-data-dir=")[1].split()[0] for line in lines}) == 3
    assert list(kept.iterdir()) == []


def test_the_installer_puts_and_takes_away(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    installer = folder / "linux/installer.sh"
    assert run(installer, RACINE=str(root)).returncode == 0
    managed = root / "etc/chromium/policies/managed/portrea-borne.json"
    assert json.loads(managed.read_text("utf-8")) == chromium(chosen())
    assert os.access(root / "usr/local/bin/portrea-borne", os.X_OK)
    assert run(installer, "--enlever", RACINE=str(root)).returncode == 0
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_the_installer_leaves_the_rules_of_others(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    own = root / "etc/firefox/policies/policies.json"
    own.parent.mkdir(parents=True)
    own.write_text("{}", "utf-8")
    done = run(folder / "linux/installer.sh", RACINE=str(root))
    assert done.returncode == 1
    assert "policies.json" in done.stderr
    assert [path for path in root.rglob("*") if path.is_file()] == [own]
    run(folder / "linux/installer.sh", "--enlever", RACINE=str(root))
    assert own.read_text("utf-8") == "{}"
