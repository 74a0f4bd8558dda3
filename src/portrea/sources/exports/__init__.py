"""Write files for others, row after row: memory does not grow with the number of rows."""
