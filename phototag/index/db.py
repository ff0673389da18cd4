"""Open an index, and change it in transactions that are whole or did not happen."""

from __future__ import annotations

import os
import sqlite3
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from phototag.errors import LibraryError
from phototag.index import migrations
from phototag.index.memory import Memory, Remembered

P = ParamSpec("P")
T = TypeVar("T")

FOLDER = ".phototag"
FILE = "index.db"

CACHE_KIB = 65_536
"""Of the index kept in memory: most of one with 100,000 faces, without their vectors."""


@dataclass(frozen=True, slots=True)
class Index:
    """An open index.

    Attributes:
        root: the library, absolute.
        folder: where index.db, tags.jsonl and sheets/ are, absolute.
        db: the connection, in autocommit mode; rows are tuples.
        remembered: what was counted before in the state that is read; None where nothing is remembered.
    """

    root: Path
    folder: Path
    db: sqlite3.Connection
    remembered: Remembered | None = None

    def once(self, count: Callable[Concatenate[sqlite3.Connection, P], T], *of: P.args, **named: P.kwargs) -> T:
        """What a function says of this index: what it said before if it was asked the same in the same state of it.

        What it returns is shared by threads: nobody may change it.
        """
        if self.remembered is None:
            return count(self.db, *of, **named)
        return self.remembered.once((count, of, *named.items()), lambda: count(self.db, *of, **named))

    def close(self) -> None:
        """Close the connection; the index must not be used afterwards."""
        self.db.close()


def open_for_reading(folder: Path) -> Index:
    """Open an existing index; nothing of it is changed, and it may lie on a read-only disk.

    Raises:
        LibraryError: there is none, or it is not ours.
        NewerIndexError: made by a newer phototag.
    """
    path = folder / FILE
    if not path.is_file():
        raise LibraryError(f"There is no index in {folder}. Make one with: phototag scan DIR")
    db = connect_for_reading(path)
    return _checked(db, folder, path)


def still(index: Index, memory: Memory | None = None) -> Index:
    """Read one state of an index from now on, whatever is written meanwhile, with what is remembered of that state."""
    index.db.execute("BEGIN")
    return index if memory is None else replace(index, remembered=memory.of(get_meta(index.db, STATE)))


def open_for_writing(folder: Path, root: Path | None = None) -> Index:
    """Open an index, making it first where there is none and bringing an older one up to date.

    The caller holds the lock (`index.lock`).

    Args:
        folder: of the index; must exist.
        root: the library, for a new index or one whose library has moved; otherwise the index knows.

    Raises:
        LibraryError: no permission, no space, not ours, of another library, or no index and no root to make one for.
        NewerIndexError: made by a newer phototag.
    """
    path = folder / FILE
    if root is None and not path.is_file():
        raise LibraryError(f"There is no index in {folder}. Make one with: phototag scan DIR")
    return _open(path, folder, root, "WAL")


def open_draft(path: Path, folder: Path, root: Path | None = None) -> Index:
    """Open a file that shall become the index of a folder: a new one, or a copy that is brought up to date.

    It has no log beside it, so that it can take its place as one file.

    Raises:
        LibraryError, NewerIndexError: as for `open_for_writing`.
    """
    return _open(path, folder, root, "DELETE")


def connect_for_reading(path: Path, *, still: bool = False) -> sqlite3.Connection:
    """Connect to any SQLite file; nothing of it is changed, and it may lie on a read-only disk.

    Args:
        path: of the file.
        still: nobody writes to it meanwhile: then no file is made beside it.

    Raises:
        LibraryError: it cannot be opened.
    """
    writable = not still and os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    # WAL needs a shared-memory file beside the index, which a read-only folder cannot have. Where a log is left over,
    # it must not be ignored all the same.
    log = path.with_name(path.name + "-wal")
    at_rest = not writable and not (log.exists() and log.stat().st_size)
    return _connect(path, "mode=ro&immutable=1" if at_rest else "mode=ro")


def _open(path: Path, folder: Path, root: Path | None, mode: str) -> Index:
    db = _connect(path, "mode=rwc")
    try:
        migrations.check(db, path)
        db.execute(f"PRAGMA journal_mode = {mode}")
        migrations.migrate(db, path, back_up=path == folder / FILE)
        db.execute("PRAGMA foreign_keys = ON")
        if root is not None:
            _adopt_root(db, folder, root)
    except sqlite3.OperationalError as error:
        db.close()
        raise LibraryError(
            f"Cannot write the index {path}: {error}. Nothing was lost. Is there space on the disk?"
        ) from error
    except BaseException:
        db.close()
        raise
    return _checked(db, folder, path)


@contextmanager
def transaction(db: sqlite3.Connection, *, durable: bool = False) -> Iterator[None]:
    """Make everything inside happen or nothing.

    Args:
        db: a connection in autocommit mode; transactions do not nest.
        durable: wait until the disk has it, so that not even a power cut can take it back: for a person's decisions.
            Otherwise a killed process loses nothing, a power cut at most the last few photos of a scan.

    Raises:
        LibraryError: the disk is full or failing; nothing of the transaction remains.
    """
    try:
        db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        db.execute("BEGIN IMMEDIATE")
        before = db.total_changes
        yield
        if db.total_changes != before:
            set_meta(db, STATE, os.urandom(STATE_BYTES))
        db.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(db)
        raise LibraryError(
            f"The index could not be written ({error}). Nothing is damaged. Is there space on the disk, and may you "
            "write there? Then run the same command again."
        ) from error
    except BaseException:
        _roll_back(db)
        raise


def get_meta(db: sqlite3.Connection, key: str) -> bytes | None:
    """A remembered value, or None."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else bytes(row[0])


def set_meta(db: sqlite3.Connection, key: str, value: bytes) -> None:
    """Remember a value under a key."""
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))


GROUPED, TAGGED = "grouped", "tagged"
"""Keys under which the fingerprint of the evidence is remembered that groups and suggestions were made from."""

SCANNED = "scanned"
"""Key of when the index was last compared with the disk, nanoseconds since the epoch, as digits."""

STATE = "state"
"""Key of a mark that every transaction which changes something replaces by another that never was: two reads that find
the same one find the same index, whichever process wrote it."""

STATE_BYTES = 16
"""Random ones, as in a UUID, so that not even an index that was restored has the mark of another state."""

EXPORTED = "exported"
"""Key of the digest of tags.jsonl as it was left."""

CALIBRATED = "calibrated"
"""Key of the limits for tagging that the user had calibrated."""


EXCLUDED = "excluded"
"""Key of the patterns given with --exclude, which hold until they are taken back."""


def forget_results(db: sqlite3.Connection) -> None:
    """Let groups and suggestions be made anew, whatever the evidence's fingerprint says. Inside a transaction."""
    db.execute("DELETE FROM meta WHERE key IN (?, ?)", (GROUPED, TAGGED))


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        uri = f"file:{urllib.parse.quote(os.fsencode(path))}?{mode}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30, check_same_thread=False)
    except sqlite3.Error as error:
        raise LibraryError(f"Cannot open the index {path}: {error}. Is the folder readable and writable?") from error


def _checked(db: sqlite3.Connection, folder: Path, path: Path) -> Index:
    """Finish opening: an index inside its library moves with it, any other one knows where the library is."""
    try:
        migrations.check(db, path)
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute("PRAGMA temp_store = MEMORY")
        if migrations.version(db) < len(migrations.STEPS):
            raise LibraryError(
                f"The index {path} is from an older phototag. Bring it up to date with: phototag scan DIR"
            )
        root = _root(db, folder)
    except BaseException:
        db.close()
        raise
    return Index(root, folder, db)


def _root(db: sqlite3.Connection, folder: Path) -> Path:
    """The library; an index that lies in it says "..", so that both can be moved."""
    return Path(os.path.normpath(folder / os.fsdecode(get_meta(db, "root") or b"..")))


def _adopt_root(db: sqlite3.Connection, folder: Path, root: Path) -> None:
    """Remember the library of a new index; refuse to take one for another that is still there."""
    known = get_meta(db, "root")
    if known is not None and (before := _root(db, folder)) != root and _is_another(before, root):
        raise LibraryError(
            f"The index in {folder} is of {before}. Nothing was changed. "
            f"Scan that, or choose another place for the index of {root}: --index DIR"
        )
    inside = folder == root / FOLDER
    set_meta(db, "root", b".." if inside else os.fsencode(root))


def _is_another(before: Path, root: Path) -> bool:
    """Whether the former library is there and is not this one, spelled otherwise: by a link, or in other capitals."""
    return before.is_dir() and not (root.is_dir() and before.samefile(root))


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")
