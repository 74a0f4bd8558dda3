"""The queue: workers of one or many machines, their leases, what becomes of their tasks."""
