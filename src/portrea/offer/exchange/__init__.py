"""Records to the formats of others and back: what each can hold, and what it loses, is data.

``mednum`` (1.0.2) and ``mednum_former`` (0.1), ``data_inclusion`` (v1, v0 read only), ``geojson``,
``sheets`` (workbook), ``capacity`` (our extension), ``flat`` (columns of a GeoParquet file). All
are pure: a place in, cells out; :mod:`portrea.sources.exports` writes files.
"""
