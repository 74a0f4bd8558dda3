"""Settings by environment: ``base`` shared, then ``dev``, ``test`` and ``prod``."""
