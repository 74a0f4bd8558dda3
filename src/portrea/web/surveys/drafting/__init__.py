"""Writing a questionnaire: models, editor, trial, versions, files in and out."""
