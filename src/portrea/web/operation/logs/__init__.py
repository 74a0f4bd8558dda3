"""What the site writes of its own work: lines with chosen fields, and never a personal one."""
