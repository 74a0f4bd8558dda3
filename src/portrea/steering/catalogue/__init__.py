"""Open data: the tables given to everybody, with their dictionary, licence, versions and links.

:mod:`entries` says what is given, :mod:`building` makes the tables of the computation,
:mod:`editions` freezes them; what describes them (DCAT, Table Schema, provenance, citation) only
reads an edition.
"""
