"""How many people could claim a right, where: synthetic households, weighted by each commune."""
