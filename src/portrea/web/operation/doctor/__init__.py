"""``portrea doctor``: what is good, what to look at, what is broken, and how to mend it."""
