#!/usr/bin/python3
"""What systemd would do of our units, where it does not run: their lines, executed as they are.

Copied in a tree as ``/usr/local/bin/systemctl``. Hardening is not applied here: it is systemd's.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

UNITS = Path("/etc/systemd/system")


def settings(unit: str) -> dict[str, str]:
    """Return the names of a unit; the last of each wins, which suits those read here."""
    lines = (UNITS / unit).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] not in "#[")


def environment(path: str) -> dict[str, str]:
    """Return the settings of a file, read by a shell."""
    script = f"set -a; . {shlex.quote(path)}; env -0"
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(["/bin/sh", "-c", script], env=clean, check=True, capture_output=True)
    return dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)


def start(unit: str) -> None:
    """Run a service: what comes before to its end, then the service, waited for if ``oneshot``."""
    told = settings(unit)
    if unit.endswith(".timer"):
        settings(unit.replace(".timer", ".service"))
        return
    env = environment(told["EnvironmentFile"])
    user, cwd = ["runuser", "-u", told["User"], "--"], told["WorkingDirectory"]
    if "ExecStartPre" in told:
        subprocess.run([*user, *told["ExecStartPre"].split()], env=env, cwd=cwd, check=True)
    command = [*user, *told["ExecStart"].split()]
    if told["Type"] == "oneshot":
        subprocess.run(command, env=env, cwd=cwd, check=True)
        return
    with Path(f"/var/log/{unit}.log").open("ab") as journal:
        subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=journal, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def main(words: list[str]) -> None:
    """Do what our guides ask of systemctl, and nothing else."""
    match [word for word in words if word != "--now"]:
        case ["daemon-reload"]:
            pass
        case ["reload", "nginx"]:
            subprocess.run(["nginx", "-s", "reload"], check=True)
        case ["enable" | "start", *units]:
            for unit in units:
                start(unit)
        case _:
            sys.exit(f"systemctl {' '.join(words)}: not one of our guides")


if __name__ == "__main__":
    main(sys.argv[1:])
