"""Pages for a browser: drawn here, changed by way of the API. See `drawing` for how, and a module for each kind."""
