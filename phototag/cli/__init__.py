"""The command line: thin functions, one error door, no logic of its own."""
