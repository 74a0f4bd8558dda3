"""The complete portrait of a territory: what each room tells, its texts, its editions."""
