"""When two names are one."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """Two names with the same key are one person: 'Élon ' typed on any keyboard is 'élon'."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
