"""Reading a survey: figures, report, publication, files."""
