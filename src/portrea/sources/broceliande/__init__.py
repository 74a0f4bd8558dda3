"""Published figures of the pilot territory, the Pays de Brocéliande (33 communes), with sources."""

from portrea.sources.broceliande.read import embedded

EMBEDDED = embedded

__all__ = ["EMBEDDED"]
