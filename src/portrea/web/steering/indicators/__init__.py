"""Indicators of activity: their page, their crossed table, their files, a link to share them."""
