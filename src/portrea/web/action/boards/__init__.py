"""The week of an actor, the coverage of a territory."""
