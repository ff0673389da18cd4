"""Packages that phototag works without: each is the module, or None where it is not installed.

Whoever uses one asks `require` first, so that a person reads what to install and not what Python thinks of it.
"""

from __future__ import annotations

from types import ModuleType

from phototag.errors import PhotoError

rawpy: ModuleType | None
try:
    import rawpy
except ImportError:  # installed by default, but its wheels are not for every system
    rawpy = None

pillow_jxl: ModuleType | None
try:
    import pillow_jxl  # makes JPEG XL known to Pillow
except ImportError:
    pillow_jxl = None


def require(package: ModuleType | None, what: str, extra: str) -> ModuleType:
    """Return the package.

    Args:
        package: one of those above.
        what: what is read with it, for the message.
        extra: of phototag's extras, the one that installs it.

    Raises:
        PhotoError: it is not installed; says how to install it.
    """
    if package is None:
        raise PhotoError(f"This is {what}; reading it needs: pip install 'phototag[{extra}]'")
    return package
