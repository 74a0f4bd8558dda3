"""What the site says of its accessibility: criteria, automatic results, audits by people."""
