"""Putting open answers under themes, by two people who do not see each other."""
