"""The index: what phototag knows of a library, in SQLite. All SQL lives here, and only here."""
