"""Words: what was seen is found again, with the reason why."""
