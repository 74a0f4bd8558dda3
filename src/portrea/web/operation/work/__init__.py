"""Work outside requests as a person sees it: what runs, what waits, what failed and why."""
