"""Small pictures that are kept: made once, dropped when nobody looks at them or their photo is gone.

All of them can be made again at any time, so nothing here ever stops a command: what cannot be written is not kept.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

MOST_BYTES = 2_000_000_000
"""Of all pictures together: 250,000 faces, or 30,000 previews."""

LEAST_FREE_BYTES = 256_000_000
"""Left on the disk for what cannot be made again: the index, and other people's files."""

_ASKED_BYTES = 1_000_000
"""The disk is asked for its room each time that so much has been written."""

_TRIMS = 50
"""The folder is measured each time that this part of its bound has been written: a second, every few minutes."""

_TOUCHED_S = 86_400
"""A picture's time says when it was looked at last, to the day."""

_OURS = re.compile(r"[0-9a-f]{16,32}-[1-8]\.jpg|\.[0-9a-f]{16,32}-[1-8]\.jpg\.[a-z0-9_]{8}\.tmp")
_SHARD = re.compile(r"[0-9a-f]{2}")
_SAMPLE, _SAMPLED = re.compile(r"[0-9a-f]0"), 16
"""Every sixteenth folder: names are digests, so it holds a sixteenth of the pictures. To ask for 200,000 sizes takes a
second."""

_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
"""Of a JPEG file. One that was being written when the power failed has not both."""


class Kind(StrEnum):
    """What is shown, and the folder of such pictures."""

    FACE = "faces"
    PHOTO = "photos"


def file_name(of: str, orientation: int) -> str:
    """Of a small picture, without folders: see `Thumb`."""
    return f"{of}-{orientation}.jpg"


class Thumb(NamedTuple):
    """The name of a small picture.

    Attributes:
        kind: of what.
        of: the face's id or the photo's hash, hex digits.
        orientation: EXIF's, 1 to 8: a photo that is turned later gets other pictures.
    """

    kind: Kind
    of: str
    orientation: int

    @property
    def file_name(self) -> str:
        """Without folders."""
        return file_name(self.of, self.orientation)


class Thumbs:
    """Small pictures in a folder; several processes may use it at once."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        """Use this folder, which is made when it is first needed, for so many bytes in all.

        Between two looks at the folder a process may write a fiftieth of them more.
        """
        self._folder, self._most_bytes = folder, most_bytes
        self._unmeasured = 0
        self._promised_bytes = 0

    def has(self, thumb: Thumb) -> bool:
        """Whether there is a file for it, whole or not."""
        return self._path(thumb).is_file()

    def get(self, thumb: Thumb) -> bytes | None:
        """The picture, a JPEG file; None where there is none, or only a part of one."""
        path = self._path(thumb)
        try:
            with path.open("rb") as file:
                changed = os.fstat(file.fileno()).st_mtime
                data = file.read()
        except OSError:
            return None
        if not (data.startswith(_BEGIN) and data.endswith(_END)):
            return None
        if time.time() - changed > _TOUCHED_S:
            with suppress(OSError):
                os.utime(path)
        return data

    def put(self, thumb: Thumb, data: bytes) -> None:
        """Keep a picture, if that can be."""
        with suppress(OSError):
            if not self._has_room(len(data)):
                return
            self._write(self._path(thumb), data)
            self._unmeasured += len(data)
            if self._unmeasured > self._most_bytes / _TRIMS:
                self._trim()

    def _has_room(self, n_bytes: int) -> bool:
        """Whether the disk has room; it is asked once for each megabyte."""
        self._promised_bytes -= n_bytes
        if self._promised_bytes < 0:
            free_bytes = shutil.disk_usage(self._folder.parent).free - LEAST_FREE_BYTES
            self._promised_bytes = min(free_bytes, _ASKED_BYTES) - n_bytes
        return self._promised_bytes >= 0

    def _write(self, path: Path, data: bytes) -> None:
        """Without all that makes a file durable: 0.1 ms instead of 0.6, for each face of a scan."""
        who = f"{os.getpid() & 0xFFFF:04x}{threading.get_native_id() & 0xFFFF:04x}"
        temporary = path.with_name(f".{path.name}.{who}.tmp")
        try:
            try:
                temporary.write_bytes(data)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(data)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def keep_only(self, wanted: Mapping[Kind, Collection[str]]) -> None:
        """Remove pictures of what is not there any more, what a crash left, and what is too much.

        Args:
            wanted: kind -> the file names that may stay; a kind that is not named loses all.
        """
        for kind in Kind:
            may_stay = wanted.get(kind, ())
            for entry in self._entries(kind, _SHARD):
                if entry.name not in may_stay and _OURS.fullmatch(entry.name):
                    _remove(entry.path)
        self._trim()

    def _trim(self) -> None:
        """Remove the pictures that were not looked at for the longest time, as long as they are too many."""
        self._unmeasured = 0
        if self._bytes(_SAMPLE) * _SAMPLED < self._most_bytes / 2:
            return
        too_much = self._bytes(_SHARD) - self._most_bytes
        if too_much <= 0:
            return
        for _, size, path in sorted((facts.st_mtime_ns, facts.st_size, path) for path, facts in self._measured(_SHARD)):
            if too_much <= 0:
                break
            _remove(path)
            too_much -= size

    def _bytes(self, shards: re.Pattern[str]) -> int:
        return sum(facts.st_size for _, facts in self._measured(shards))

    def _measured(self, shards: re.Pattern[str]) -> Iterator[tuple[str, os.stat_result]]:
        for kind in Kind:
            for entry in self._entries(kind, shards):
                try:
                    yield entry.path, entry.stat()
                except OSError:  # another process has removed it
                    continue

    def _entries(self, kind: Kind, shards: re.Pattern[str]) -> Iterator[os.DirEntry[str]]:
        with suppress(OSError), os.scandir(self._folder / kind) as folders:
            for shard in folders:
                if shards.fullmatch(shard.name):
                    with suppress(OSError), os.scandir(shard.path) as entries:
                        yield from entries

    def _path(self, thumb: Thumb) -> Path:
        return self._folder / thumb.kind / thumb.of[:2] / thumb.file_name


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108  # a Path for each of 200,000 names takes longer than the rest
