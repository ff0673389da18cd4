"""Pure functions: arguments in, values out; no disk, clock, log or randomness."""
