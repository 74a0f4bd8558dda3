"""``portrea reach network``: what a technician types, and reads."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from portrea.base.errors import DataError, StoreError
from portrea.cli.reach_network import network
from roads import write_country


def run(*arguments):
    return CliRunner().invoke(network, [str(part) for part in arguments])


def test_add_list_and_remove(tmp_path):
    done = run("list")
    assert "Aucun réseau routier" in done.stdout
    extract = write_country(tmp_path / "bretagne-latest.osm.pbf")
    done = run("add", extract, "--mode", "walk")
    assert done.exit_code == 0, done.output
    assert "Réseau « bretagne » ajouté" in done.stdout
    assert "modes walk" in done.stdout
    assert "© les contributeurs d’OpenStreetMap, ODbL 1.0." in done.stdout
    assert run("list").stdout.startswith("bretagne\t")
    assert "« bretagne » supprimé" in run("remove", "bretagne").stdout
    assert "Aucun réseau routier" in run("list").stdout


def test_a_damaged_file_changes_nothing(tmp_path):
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(b"<html>")
    done = run("add", path)
    assert isinstance(done.exception, DataError)
    assert "Aucun réseau routier" in run("list").stdout


def test_removing_what_is_not_there_is_told():
    done = run("remove", "rien")
    assert isinstance(done.exception, StoreError)
    assert "network add FICHIER.osm.pbf" in done.exception.remedy


@pytest.mark.parametrize("command", ["add", "list", "remove"])
def test_the_help_is_in_french(command):
    done = run(command, "--help")
    assert done.exit_code == 0
    assert "réseau" in done.stdout.casefold()
