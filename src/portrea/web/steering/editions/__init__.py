"""The texts of a complete portrait, the editions frozen of it, their stable public addresses."""
