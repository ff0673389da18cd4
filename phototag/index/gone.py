"""What is known and does not count: photos that are not there, and what is no face."""

GONE = "SELECT hash FROM gone"
"""SQL: photos that no file holds now, nor a copy of them: few, so that it is quicker to leave them out than to look for
the files of all others."""

IS_A_FACE = "f.id NOT IN (SELECT face_id FROM not_faces JOIN bindings USING (spot_id))"
"""SQL: a human did not say of a face, called f, that it is none."""
