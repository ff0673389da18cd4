"""Photos that are known and not there."""

GONE = "SELECT hash FROM photos WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.hash = photos.hash)"
"""SQL: photos that no file holds now, nor a copy of them: few, so that it is quicker to leave them out than to look for
the files of all others."""
