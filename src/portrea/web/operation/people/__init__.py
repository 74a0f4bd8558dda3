"""Rights of people: what each may see and have erased, with or without an account."""
