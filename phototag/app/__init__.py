"""The use cases: one module each, from values and an open index to a report."""
