"""Is the site alive, can it answer: for what watches it, and what shares the visitors out."""
