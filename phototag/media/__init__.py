"""The photo side of the disk: which files there are, and their pixels. Never writes to a photo."""
