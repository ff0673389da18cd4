"""Pages for a browser: what is on them, where they lie, and how they are drawn. They know no index."""
