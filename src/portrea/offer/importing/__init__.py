"""Understand any list of places: what its columns mean, what each row tells, what is refused."""
