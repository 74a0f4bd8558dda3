"""What the team does with answers: read, correct, import, export, erase."""
