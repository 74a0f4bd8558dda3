"""Measures of the running of the site, in the text form that Prometheus reads."""
