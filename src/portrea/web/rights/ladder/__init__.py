"""How far a territory goes at the source: information, proposal, attribution."""
