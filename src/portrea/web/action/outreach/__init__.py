"""Home help, maraudes, computers, loans, mandates."""
