"""The page that phones keep open and fill without network, and files handed over."""
