"""Recommended actions: what rules propose, what people keep, what it becomes."""
