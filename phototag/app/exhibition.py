"""What a gallery shows of an index: who has a name, and the photos they are on."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from phototag.core.geometry import to_upright, turned_size
from phototag.core.names import name_key
from phototag.index import faces, people, photos, search
from phototag.index.db import Index
from phototag.index.faces import KnownFace, PhotoOnDisk
from phototag.media.pages.contents import Companion, Exhibit, Gallery, Mark, Portrayed, Sitter
from phototag.media.pages.places import photo_page
from phototag.types import Shown

UNTITLED = "Photos"
"""What the gallery of a whole disk is called."""


def exhibition(index: Index, folder: Path, title: str | None = None) -> tuple[Gallery, list[KnownFace | None]]:
    """Choose what is shown: photos that somebody with a name is on, each picture once, however many files hold it.

    Args:
        index: open for reading.
        folder: where the gallery is to lie, absolute, for links to the photos.
        title: None is the name of the library's folder.

    Returns:
        The gallery; and for each of its people, in order, the face that shows them best, or None.
    """
    found = faces.faces(index.db)
    tagged = [face for face in found if face.is_tagged]
    best = _best(tagged)
    files = faces.photos_on_disk(index.db)
    present = people.present(index.db)
    sitters = _sitters(index, best, {name for file in files for name in present.get(file.photo, ())})
    exhibits = _exhibits(index, files, found, present, sitters, Links(index.root, folder))
    portrayed = _portrayed(exhibits, sitters.values(), Counter(face.person for face in tagged))
    gallery = Gallery(
        title or index.root.name or UNTITLED,
        portrayed,
        exhibits,
        unknown=sum(not face.is_tagged and not face.ignored for face in found),
        left_out=len({file.photo for file in files}) - len(exhibits),
    )
    return gallery, [best.get(person.who.name) for person in portrayed]


def _best(tagged: Iterable[KnownFace]) -> dict[str, KnownFace]:
    """Name -> the face that shows most of the person."""
    best: dict[str, KnownFace] = {}
    for face in tagged:
        name = str(face.person)
        if name not in best or (face.quality, face.id) > (best[name].quality, best[name].id):
            best[name] = face
    return best


def _sitters(index: Index, best: Mapping[str, KnownFace], present: Iterable[str]) -> dict[str, Sitter]:
    """Name -> who has it: those with a face that shows them, and those who are just there."""
    known = search.by_key(index.db)
    unseen = {name: Sitter(known[name_key(name)].id, name) for name in present}
    return unseen | {
        name: Sitter(known[name_key(name)].id, name, face.id, face.orientation) for name, face in best.items()
    }


def _exhibits(
    index: Index,
    files: Iterable[PhotoOnDisk],
    found: Sequence[KnownFace],
    present: Mapping[str, Sequence[str]],
    sitters: Mapping[str, Sitter],
    links: Links,
) -> tuple[Exhibit, ...]:
    on: dict[bytes, list[KnownFace]] = defaultdict(list)
    for face in found:
        on[face.path].append(face)
    shown = photos.how_shown(index.db)
    exhibits = [
        _exhibit(file, on[file.path], present.get(file.photo, ()), shown[file.path], sitters, links.to(file.path))
        for file in files
        if file.photo in present or any(face.is_tagged for face in on.get(file.path, ()))
    ]
    exhibits.sort(key=lambda exhibit: exhibit.path)
    return tuple(sorted(exhibits, key=lambda exhibit: exhibit.shown.taken or "", reverse=True))


def _exhibit(
    file: PhotoOnDisk,
    on_it: Sequence[KnownFace],
    present: Iterable[str],
    shown: Shown,
    sitters: Mapping[str, Sitter],
    original: str,
) -> Exhibit:
    marks = [
        Mark(
            to_upright(file.here(face.stored_box), file.orientation),
            sitters[str(face.person)] if face.is_tagged else None,
        )
        for face in on_it
    ]
    marked = {mark.who for mark in marks}
    return Exhibit(
        file.photo,
        file.content,
        *turned_size(file.width, file.height, file.orientation),
        shown,
        file.path,
        original,
        tuple(sorted(marks, key=lambda mark: mark.box)),
        tuple(sitters[name] for name in present if sitters[name] not in marked),
    )


def _portrayed(
    exhibits: Iterable[Exhibit], sitters: Iterable[Sitter], n_faces: Mapping[str | None, int]
) -> tuple[Portrayed, ...]:
    """Everybody, those with most faces first."""
    photos_of: dict[Sitter, list[Exhibit]] = defaultdict(list)
    beside: dict[Sitter, Counter[Sitter]] = defaultdict(Counter)
    for exhibit in exhibits:
        for who in exhibit.sitters:
            photos_of[who].append(exhibit)
            beside[who].update(exhibit.sitters)
    order = sorted(sitters, key=lambda who: (-n_faces[who.name], who.name))
    return tuple(
        Portrayed(who, n_faces[who.name], tuple(photos_of[who]), _companions(who, beside[who])) for who in order
    )


def _companions(of: Sitter, beside: Counter[Sitter]) -> tuple[Companion, ...]:
    order = sorted(beside.items(), key=lambda item: (-item[1], item[0].name))
    return tuple(Companion(who, n) for who, n in order if who != of)


class Links:
    """Links from the page of a photo to the file itself.

    They are relative, so that a disk with photos and gallery may be called otherwise tomorrow; but not where a link in
    the folder's path makes ".." ambiguous, nor from one disk of Windows to another.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """Lead from a gallery in this folder, absolute, to the library, absolute."""
        self._root = root
        self._prefix: bytes | None = None
        pages = folder / photo_page("00").rpartition("/")[0]
        if folder.resolve() == folder and root.resolve() == root and folder.drive == root.drive:
            self._prefix = os.fsencode(Path(os.path.relpath(root, pages)).as_posix())

    def to(self, path: bytes) -> str:
        """The file at this path in the library, as a URL of ASCII letters."""
        if self._prefix is None:
            return (self._root / os.fsdecode(path)).as_uri()
        return quote(self._prefix + b"/" + path)
