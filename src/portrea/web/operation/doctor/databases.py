"""Checks of the database of what people enter: SQLite or PostgreSQL, its safety, its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portrea.web.operation.doctor.checks import broken, check, good, look

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Finding

GROUP = "Base des saisies"
OLDEST_POSTGRESQL = 14
NETWORKS = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs")
"""Filesystems of other machines, whose locks SQLite cannot trust."""
SAFE = {"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
PREPARE = "« portrea serve » prépare la base à son démarrage."


@check("base", "Base de données", group=GROUP)
def database() -> Finding:
    """Look whether the database answers."""
    if connection.vendor == "sqlite" and not _on_disk():
        return broken(f"Il n’y a pas encore de base ({_name()}).", PREPARE)
    value = _one("SELECT 1")
    assert value == 1
    return good(_name())


@check("migrations", "Tables à jour", group=GROUP)
def migrations() -> Finding:
    """Look for migrations not applied."""
    if connection.vendor == "sqlite" and not _on_disk():
        return broken("Il n’y a pas encore de tables.", PREPARE)
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        names = ", ".join(f"{each.app_label} {each.name}" for each, _ in waiting[:4])
        return broken(f"{len(waiting)} changements de tables à faire : {names}.", PREPARE)
    return good("toutes les tables sont à jour")


@check("sqlite", "Sûreté de SQLite", group=GROUP, database=True)
def sqlite() -> Finding:
    """Look at what keeps a SQLite file safe: write-ahead log, synchronous writes, local disk."""
    if connection.vendor != "sqlite":
        return good("sans objet : la base est PostgreSQL")
    kind = filesystem(Path(_name()), Path("/proc/mounts"))
    if kind in NETWORKS:
        return broken(
            f"La base est sur un disque d’une autre machine ({kind}) : SQLite peut s’y abîmer.",
            "Mettez PORTREA_HOME sur un disque local, ou la base sur PostgreSQL "
            "(PORTREA_DATABASE_URL).",
        )
    mode, safe = str(_one("PRAGMA journal_mode")).lower(), SAFE[str(_one("PRAGMA synchronous"))]
    if mode != "wal" and "mode=memory" not in _name():
        return broken(
            f"Le journal est « {mode} » et non « wal » : lecteurs et écrivains se gênent.",
            "Le disque refuse peut-être ce mode : mettez PORTREA_HOME sur un disque local.",
        )
    if safe == "OFF":
        return broken(
            "synchronous=OFF : une coupure de courant peut abîmer la base.",
            "Enlevez ce réglage de la base ; Portrea demande NORMAL ou FULL.",
        )
    if safe == "NORMAL":
        return look(
            "synchronous=NORMAL : la base ne s’abîme pas, mais une coupure de courant peut perdre "
            "les dernières secondes.",
            "Ayez un onduleur, ou passez à PostgreSQL si cela compte.",
        )
    return good(f"WAL, synchronous={safe}, {kind or 'disque local'}")


@check("postgresql", "Sûreté de PostgreSQL", group=GROUP, database=True)
def postgresql() -> Finding:
    """Look at the version of PostgreSQL and at what makes its writes last."""
    if connection.vendor != "postgresql":
        return good("sans objet : la base est SQLite")
    told = {name: str(_one(f"SHOW {name}")) for name in (*DURABLE, "server_version")}
    major = int(told["server_version"].split(".")[0])
    if major < OLDEST_POSTGRESQL:
        return broken(
            f"PostgreSQL {told['server_version']} est trop ancien.",
            f"Passez à la version {OLDEST_POSTGRESQL} ou plus récente (pg_upgrade).",
        )
    off = [name for name in DURABLE if told[name] == "off"]
    if off:
        return broken(
            f"{', '.join(off)} = off : une coupure de courant peut perdre ou abîmer des saisies.",
            "Remettez « on » dans postgresql.conf, puis rechargez PostgreSQL.",
        )
    return good(f"PostgreSQL {told['server_version']}, écritures durables (PostGIS est inutile)")


def usable() -> Finding:
    """Return whether checks may read the tables."""
    found = database()
    return found if found.remedy else migrations()


def filesystem(path: Path, mounts: Path) -> str:
    """Return the kind of the filesystem that holds a file, empty when the system does not tell."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    points = {fields[1]: fields[2] for line in lines if len(fields := line.split()) > 2}
    for folder in (path, *path.resolve().parents):
        if str(folder) in points:
            return points[str(folder)]
    return ""


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _on_disk() -> bool:
    return "mode=memory" in _name() or Path(_name()).exists()


def _one(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
