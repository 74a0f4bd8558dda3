"""What a person may claim, and how much is not claimed where: hints, never decisions."""
