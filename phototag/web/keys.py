"""What opens the door: a token, a password, a session; and patience with wrong passwords."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

FREE_TRIES, LONGEST_WAIT_S = 3, 60.0
"""So many wrong passwords cost nothing; each one more doubles the time until the next is looked at, from 1 s."""


def new_secret() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def is_equal(given: str, wanted: str) -> bool:
    """Whether two secrets are equal; how long it takes says nothing of either."""
    return hmac.compare_digest(_digest(given), _digest(wanted))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Patience:
    """Lets nobody try many passwords: after a few wrong ones each has to wait for longer. For all visitors together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong, self._until_s = 0, 0.0

    def wait_s(self) -> float:
        """How long until a password is looked at again; 0 for now."""
        return max(0.0, self._until_s - self._clock())

    def note(self, *, right: bool) -> None:
        """A password was looked at."""
        self._wrong = 0 if right else self._wrong + 1
        over = self._wrong - FREE_TRIES
        self._until_s = self._clock() + min(2.0 ** min(over, 10), LONGEST_WAIT_S) if over >= 0 else 0.0
