"""Backups: everything the site keeps, in one file that any database can be made from.

``making`` and ``restoring`` call the rest: ``archive`` (the file), ``sealing`` (its encryption),
``rows`` (one table), ``schema`` (the state of the tables), ``databases`` (one instant, or a new
place), ``kept_files`` (what of ``PORTREA_HOME``), ``swapping`` (putting in place).
"""
