"""What the journeys write: handovers to partners, counts of demands left without an answer."""
