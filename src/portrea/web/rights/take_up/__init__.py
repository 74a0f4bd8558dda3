"""How much is not claimed where."""
