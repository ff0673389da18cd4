"""How faces are found and described."""
