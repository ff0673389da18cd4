"""The web page and the REST API: HTTP in, the use cases of `app`, HTTP out. Safe by default: see `guard`."""
