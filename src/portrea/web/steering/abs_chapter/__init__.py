"""The chapter of an Analyse des Besoins Sociaux: a page to read, files to carry."""
