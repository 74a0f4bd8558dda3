"""Open data on the site: the catalogue, a page by dataset, its files, its feed, its publication."""
