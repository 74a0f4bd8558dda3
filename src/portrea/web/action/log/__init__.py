"""What was done to help."""
