"""Travel times along the roads of an OpenStreetMap extract, by our own graph or another engine."""
