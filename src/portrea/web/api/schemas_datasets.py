"""What the open interface tells of the datasets to download."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - read by pydantic

from ninja import Field, Schema


class DatasetFile(Schema):
    """Un fichier d’un jeu de données."""

    form: str = Field(description="Forme : csv, xlsx, geojson, parquet…")
    media: str = Field(description="Type du contenu.")
    url: str = Field(description="Adresse permanente.")
    size: int = Field(description="Taille, en octets.")
    sha256: str = Field(description="Empreinte SHA-256 du fichier.")


class DatasetColumn(Schema):
    """Une colonne du dictionnaire."""

    name: str = Field(description="Nom.")
    label: str = Field(description="Libellé.")
    kind: str = Field(description="Type : string, number, integer, boolean, date ou list.")
    unit: str = Field("", description="Unité.")
    meaning: str = Field(description="Définition.")
    secrecy: str = Field("", description="Ce que le secret statistique y fait.")


class OpenDataset(Schema):
    """La version en vigueur d’un jeu de données ouvert."""

    id: str = Field(description="Identifiant, qui ne change pas.")
    title: str = Field(description="Titre.")
    description: str = Field(description="Ce qu’il contient.")
    quality: str = Field(description="Ce qu’il faut savoir avant de s’en servir.")
    version: str = Field(description="Version en vigueur.")
    issued: date = Field(description="Jour de la version.")
    rows: int = Field(description="Nombre de lignes.")
    licence: str = Field(description="Licence de réutilisation.")
    producer: str = Field(description="Producteur.")
    coverage: str = Field(description="Territoire couvert.")
    page: str = Field(description="Page du jeu.")
    files: list[DatasetFile]
    columns: list[DatasetColumn]


class OpenDatasetList(Schema):
    """Les jeux de données ouverts."""

    items: list[OpenDataset]
