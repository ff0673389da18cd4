"""The REST API: a module for each kind of thing, typed by `models`."""
