"""A clean Debian, made by debootstrap: where guides are followed to the letter."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUITE = "bookworm"
BASE = Path("/var/tmp/portrea-debian")
"""A base kept from one run to the next; each test has its copy."""
KEPT = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf")
"""What lets a tree reach the registries as this machine does."""
NSENTER, CHROOT = (shutil.which(name) or name for name in ("nsenter", "chroot"))
"""By their whole paths: the PATH of a command is that of its tree."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Tree:
    """A Debian in a folder; commands run there by chroot, as root.

    ``alone`` is a process whose network is only its own loopback: a site may listen there on any
    port, and what runs beside it reaches nothing outside.
    """

    root: Path
    alone: int

    def run(
        self,
        *command: str,
        env: Mapping[str, str] | None = None,
        cwd: str = "/root",
        user: str = "root",
        online: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; the caller reads its code.

        ``online`` lets it reach the registries, as this machine does.
        """
        apart = [] if online else [NSENTER, f"--net=/proc/{self.alone}/ns/net"]
        kept = {
            k: v for k, v in os.environ.items() if k.startswith("PIP_") and k != "PIP_FIND_LINKS"
        }
        clean = {
            "PATH": PATH,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        return subprocess.run(
            [*apart, CHROOT, f"--userspec={user}", str(self.root), "env", "-C", cwd, *command],
            env={**clean, **kept, **(env or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip

    def bash(self, script: str, *, online: bool = False) -> tuple[float, str]:
        """Run a block of commands; return its seconds and what it said.

        Raises
        ------
        AssertionError
            A command of the block failed; its whole output is told.
        """
        started = time.monotonic()
        done = self.run("/bin/bash", "-euxo", "pipefail", "-c", script, online=online)
        assert done.returncode == 0, f"{script}\n-- code {done.returncode}\n{done.stdout[-6000:]}"
        return time.monotonic() - started, done.stdout

    def place(self, source: Path, target: str) -> Path:
        """Copy a file of ours into the tree, a folder with all it holds."""
        path = self.root / target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, path, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy2(source, path)
        return path

    def end_processes(self) -> None:
        """Stop every process whose root is the tree: its servers and their children."""
        for signal in ("-TERM", "-KILL"):
            found = [p.name for p in Path("/proc").iterdir() if p.name.isdigit() and self._holds(p)]
            if not found:
                return
            subprocess.run(["kill", signal, *found], check=False, stderr=subprocess.DEVNULL)
            limit = time.monotonic() + 20
            while time.monotonic() < limit and any(self._holds(Path("/proc", p)) for p in found):
                time.sleep(0.2)

    def _holds(self, process: Path) -> bool:
        try:
            return (process / "root").readlink() == self.root
        except OSError:
            return False


@contextmanager
def debian(folder: Path, name: str = "debian") -> Iterator[Tree]:
    """Give a clean Debian in ``folder``; its processes end, its folder goes.

    Needs root, debootstrap, and the right to make a network namespace.
    """
    _base()
    root = folder.resolve() / name
    subprocess.run(["cp", "--archive", "--reflink=auto", str(BASE), str(root)], check=True)
    with _loopback() as alone:
        tree = Tree(root, alone)
        for path in filter(os.path.exists, KEPT):
            tree.place(Path(path), path)
        no_init = tree.place(Path("/bin/false"), "/usr/sbin/policy-rc.d")
        no_init.write_text("#!/bin/sh\nexit 101\n", "utf-8")
        subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
        try:
            yield tree
        finally:
            tree.end_processes()
            subprocess.run(["umount", "--lazy", str(root / "proc")], check=True)
    subprocess.run(["rm", "--recursive", "--one-file-system", str(root)], check=True)


@contextmanager
def _loopback() -> Iterator[int]:
    """Give a process that has a network of its own, where only the loopback is up."""
    script = "ip link set lo up && echo up && exec sleep infinity"
    command = ["unshare", "--net", "/bin/sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"up\n"
        try:
            yield holder.pid
        finally:
            holder.kill()


def _base() -> None:
    if (BASE / "etc/debian_version").exists():
        return
    draft = BASE.with_name(f"{BASE.name}.{os.getpid()}")
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(draft)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    draft.rename(BASE)
