"""What the site says of its own security to who looks for it."""
