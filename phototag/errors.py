"""Every way to stop, with its exit code and a sentence that says what to do next.

    PhototagError                 stops the command; nothing half-done stays behind
    ├── UsageError          2     what was asked makes no sense here
    │   ├── UnknownError    2     there is no such person, group, face, photo or decision
    │   └── WrongQueryError 2     a query that is none, or that names nobody; it knows where
    ├── EngineError         3     engine or weights missing or broken
    ├── LibraryError        4     library or index not there, not readable, not writable, not ours
    │   ├── DamagedError    4     the index is there, but SQLite cannot make sense of it
    │   └── LockedError     4     another phototag is writing
    ├── NewerIndexError     5     the index was made by a newer phototag
    ├── EditedError         6     refused so as not to overwrite somebody's edit
    ├── LossError           6     refused so as not to lose what a person said
    ├── ChecksumError       7     a file is not what its checksum says
    └── StoppedError      130     the person at the screen stopped it

A photo that cannot be read does not stop anything: it raises PhotoError inside a worker, which becomes a recorded
PhotoProblem, and the scan goes on. So it is with SidecarError, a PhotoError about the XMP of a photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; other programs rely on these numbers."""

    DONE = 0
    USAGE = 2
    ENGINE = 3
    LIBRARY = 4
    NEWER_INDEX = 5
    EDITED = 6
    CHECKSUM = 7
    PROBLEMS = 10
    UNEXPECTED = 70
    INTERRUPTED = 130


class PhototagError(Exception):
    """Stops the command. The message is for the person at the screen: what happened, and what to do."""

    exit_code = ExitCode.UNEXPECTED


class UsageError(PhototagError):
    """An argument that makes no sense here: an unknown person, group or face, an empty name."""

    exit_code = ExitCode.USAGE


class UnknownError(UsageError):
    """There is no person, group, face, photo or decision of this name, number or id."""


class WrongQueryError(UsageError):
    """A query that is none, or that names somebody whom nobody is called. The message shows where.

    Attributes:
        reason: the message without the query.
        at: the character that it is about, from 0; the length of the query for its end.
    """

    def __init__(self, message: str, reason: str, at: int) -> None:
        super().__init__(message)
        self.reason, self.at = reason, at


class EngineError(PhototagError):
    """An engine, its weights or its runtime is missing, or does not fit the index."""

    exit_code = ExitCode.ENGINE


class LibraryError(PhototagError):
    """The library or its index is not there, not readable, not writable, or not ours."""

    exit_code = ExitCode.LIBRARY


class DamagedError(LibraryError):
    """The index's file is damaged; it has not been touched."""


class LockedError(LibraryError):
    """Another process is writing to this index."""


class NewerIndexError(PhototagError):
    """The index was made by a newer phototag; it has not been touched."""

    exit_code = ExitCode.NEWER_INDEX


class EditedError(PhototagError):
    """Somebody else changed a file that we were about to write; it has not been touched."""

    exit_code = ExitCode.EDITED


class LossError(PhototagError):
    """What a person said would have no face any more; the index is as it was. The message says how to go on."""

    exit_code = ExitCode.EDITED


class ChecksumError(PhototagError):
    """A file does not have the contents that its checksum promises."""

    exit_code = ExitCode.CHECKSUM


class PhotoError(Exception):
    """This file cannot be read as a photo. The message is the reason, without the path."""


class NotAPhotoError(PhotoError):
    """This file has no extension and does not begin as photos do: nothing is wrong with it."""


class TooLargeError(PhotoError):
    """It is beyond a limit that a person may raise, so that the next scan is to look at it again."""


class SidecarError(PhotoError):
    """This XMP cannot be read, or cannot hold what is to be written; nothing is written."""


class StoppedError(PhototagError):
    """The person at the screen pressed Ctrl-C; the index is whole."""

    exit_code = ExitCode.INTERRUPTED


@dataclass(frozen=True, slots=True)
class PhotoProblem:
    """A file that a scan could not use.

    Attributes:
        path: relative to the library, as bytes.
        reason: one sentence for a person.
    """

    path: bytes
    reason: str
