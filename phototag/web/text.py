"""Text that JSON can hold."""

from __future__ import annotations

import os
import re
from typing import Annotated

from pydantic import BeforeValidator

_NO_LETTER = re.compile("[\ud800-\udfff]")
"""What Python has for the bytes of a file's name that is not UTF-8, and what JSON may have but UTF-8 may not."""


def readable(text: object) -> object:
    """The same text, with U+FFFD for what is no letter; of a path, as bytes, too."""
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    return _NO_LETTER.sub("\ufffd", text) if isinstance(text, str) and not text.isascii() else text


Text = Annotated[str, BeforeValidator(readable)]
"""For people to read: a path here is no way to a file, ids are."""
