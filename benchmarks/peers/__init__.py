"""The same work done by known tools, to compare with."""
