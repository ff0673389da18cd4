"""Cards: what phototag must know of somebody's ONNX file, as a TOML file beside it. docs/engines.md has examples.

A network sees (pixel - mean) / std, in its layout and order of colours. Every key is checked, and one that is not known
is refused: a card with a slip of the pen would else describe faces, only badly.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from phototag.core.matching import OFF
from phototag.engines import resnet
from phototag.engines.alignment import TEMPLATE
from phototag.engines.dlib_weights import CHIP_SIDE
from phototag.errors import EngineError
from phototag.files import sha256
from phototag.types import Thresholds

Three: TypeAlias = tuple[float, float, float]
Points: TypeAlias = tuple[tuple[float, float], ...]

DECODERS = ("yunet", "scrfd", "boxes")
"""What the outputs of a detector mean; see `engines.decoders`."""

ALIGNMENTS: Mapping[str, tuple[float, Points]] = {
    "dlib": (CHIP_SIDE, tuple((float(x), float(y)) for x, y in TEMPLATE)),
    "arcface": (
        112,
        ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)),
    ),
    "openface": (1, ((0.2774, 0.1673), (0.7061, 0.1590), (0.4921, 0.4221), (0.3071, 0.6418), (0.6954, 0.6341))),
}
"""Side of a chip -> where the eyes, the nose and the corners of the mouth lie on it.

dlib: see `engines.alignment`.
arcface: `arcface_src` in insightface's python-package/insightface/utils/face_align.py; the same for SFace in OpenCV's
modules/objdetect/src/face_recognize.cpp.
openface: of MINMAX_TEMPLATE in OpenFace's openface/align_dlib.py the means over each eye (points 36 to 41, 42 to 47),
the tip of the nose (30) and the corners of the mouth (48, 54). OpenFace itself brings three of 68 points to theirs, so
this comes near it and is not the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What both kinds of card say.

    Attributes:
        path: of the card, absolute.
        model: of the ONNX file.
        digest: of the file and of all that shapes what it finds; 64 hex digits. Thresholds have no part in it, so that
            they can be measured later.
        layout: "nchw" (channels first) or "nhwc".
        colours: "rgb" or "bgr".
        size: (height, width) in pixels that the network is given; at most, if its file leaves them open.
        mean, std: the network sees (pixel - mean) / std, each for red, green and blue in the order of `colours`.
        whiten: instead, each chip by its own mean and standard deviation.
        outputs: names of outputs, in the order in which they are read; () for that of the file.
    """

    path: Path
    model: Path
    digest: str
    layout: str
    colours: str
    size: tuple[int, int]
    mean: Three
    std: Three
    whiten: bool
    outputs: tuple[str, ...]

    @property
    def label(self) -> str:
        """What people read: the card's name, and enough of the digest to tell two of one name apart."""
        stem = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.path.stem)
        return f"{stem}-{self.digest[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCard(Card):
    """The card of a detector.

    Attributes:
        decoder: one of DECODERS.
        strides: pixels between the cells of each level that it looks at.
        anchors: faces that a cell may see.
        fractions: whether boxes are fractions of what the network was given, and not pixels ("boxes" only).
        score: the least that counts as a face, 0 to 1.
        overlap: the greatest intersection over union of two faces.
        weak_score: a face of less may join a group but never founds one.
    """

    decoder: str
    strides: tuple[int, ...]
    anchors: int
    fractions: bool
    score: float
    overlap: float
    weak_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderCard(Card):
    """The card of an embedder.

    Attributes:
        template: where the five points of a face lie on a chip, in pixels; () to cut the box out as it is.
        margin: how much wider and higher than the box a chip without a template is: 0.25 is a quarter.
        dim: how many numbers the network gives.
        mirror: whether a face and its mirror image are averaged.
        thresholds: see `thresholds_of`.
    """

    template: Points
    margin: float
    dim: int
    mirror: bool
    thresholds: Thresholds = field(hash=False)


def read_detector(path: Path) -> DetectorCard:
    """Read the card of a detector.

    Args:
        path: of the card, or of the ONNX file that it lies beside.

    Raises:
        EngineError: there is none, or something in it is not right; the message says what would be.
    """
    card = _Reader(_card_of(path), "detector")
    decoder = card.word("decoder", DECODERS)
    common = _common(card, has_whiten=False)
    strides = tuple(card.integers("strides", 1, 8, (8, 16, 32)) if decoder != "boxes" else ())
    read = {
        **common,
        "decoder": decoder,
        "strides": strides,
        "anchors": card.integer("anchors", 1, 16, 2) if decoder == "scrfd" else 1,
        "fractions": decoder == "boxes" and card.word("units", ("pixels", "fractions"), "pixels") == "fractions",
        "score": card.number("score", 0, 1, 0.5),
        "overlap": card.number("overlap", 0, 1, 0.4),
        "weak_score": card.number("weak_score", 0, 1, 0.0),
    }
    if decoder == "yunet" and not read["outputs"]:
        read["outputs"] = tuple(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in strides)
    counts = {"yunet": (4 * len(strides),), "scrfd": (2 * len(strides), 3 * len(strides)), "boxes": (2, 3)}[decoder]
    if len(read["outputs"]) not in ((0, *counts) if decoder == "scrfd" else counts):
        card.refuse("outputs", f"the names of {' or '.join(map(str, counts))} outputs; {ORDERS[decoder]}")
    card.refuse_others()
    return DetectorCard(digest=_digest(read, without=["weak_score"]), **read)


ORDERS = {
    "yunet": "cls, obj, bbox and kps, each for all strides",
    "scrfd": "scores, boxes and points, each for all strides; points may be left out",
    "boxes": "boxes, scores and, where there are some, points",
}
"""In which order a decoder reads outputs."""


def read_embedder(path: Path) -> EmbedderCard:
    """Read the card of an embedder. Else as `read_detector`."""
    card = _Reader(_card_of(path), "embedder")
    common = _common(card, has_whiten=True)
    side, across = common["size"]
    if side != across:
        card.refuse("size", "one number: a face is described by a square")
    alignment = card.word("alignment", (*ALIGNMENTS, "box"))
    unit, template = ALIGNMENTS.get(alignment, (1, ()))
    if len(common["outputs"]) > 1:
        card.refuse("outputs", "the name of one output")
    read = {
        **common,
        "template": tuple((x * side / unit, y * side / unit) for x, y in template),
        "margin": card.number("margin", 0, 2, 0.0) if alignment == "box" else 0.0,
        "dim": card.integer("dim", 2, 4096),
        "mirror": card.flag("mirror", False),
        "thresholds": thresholds_of(card.table("thresholds")),
    }
    card.refuse_others()
    return EmbedderCard(digest=_digest(read, without=["thresholds"]), **read)


def thresholds_of(card: _Reader) -> Thresholds:
    """The thresholds of an embedder.

    `same_person` is the distance, of vectors of length 1, up to which two faces count as one person's, as published or
    measured (`python -m benchmarks quality verification`). What the card does not say is in proportion to it as the
    default engine's is: good enough to group and to ask. But who is tagged without being asked is another matter:
    without `strong`, nobody, until the library's own limits are calibrated (`phototag evaluate --precision`).
    """
    same = card.number("same_person", 0.01, 2)
    usual = resnet.THRESHOLDS
    ratio = same / resnet.SAME_PERSON

    def measured(key: str, value: float) -> float:
        return card.number(key, 0, 2, round(value * ratio, 4))

    strong = card.number("strong", 0, 2, OFF)
    read = Thresholds(
        group=measured("group", usual.group),
        group_min_faces=usual.group_min_faces,
        merge=measured("merge", usual.merge),
        merge_tightening=measured("merge_tightening", usual.merge_tightening),
        join=measured("join", usual.join),
        strong=strong,
        strong_few=card.number("strong_few", 0, 2, strong),
        possible=measured("possible", usual.possible),
        largest_gap=measured("largest_gap", usual.largest_gap),
        weak_quality=card.number("weak_quality", 0, 1, usual.weak_quality),
        same=measured("same", usual.same),
        same_from="by the card of its embedder",
    )
    card.refuse_others()
    return read


def _common(card: _Reader, *, has_whiten: bool) -> dict[str, Any]:
    """The keys of both kinds, in the order in which a person would look at them."""
    model = card.path.parent / card.text("model", f"{card.path.stem}.onnx")
    if not model.is_file():
        raise EngineError(
            f"{model} is not there, of which {card.path} is the card. Put the ONNX file there, or say in the card "
            'where it is: model = "FILE.onnx"'
        )
    whiten = has_whiten and card.flag("whiten", False)
    if whiten:
        card.refuse_key("mean", "Leave it out, or whiten")
        card.refuse_key("std", "Leave it out, or whiten")
    return {
        "path": card.path,
        "model": model,
        "layout": card.word("layout", ("nchw", "nhwc")),
        "colours": card.word("colours", ("rgb", "bgr")),
        "size": card.size("size"),
        "mean": (0.0, 0.0, 0.0) if whiten else card.three("mean", -255, 255),
        "std": (1.0, 1.0, 1.0) if whiten else card.three("std", 1e-6, 1e6),
        "whiten": whiten,
        "outputs": tuple(card.names("outputs")),
    }


def _digest(read: Mapping[str, Any], without: Sequence[str]) -> str:
    left_out = {"path", "model", *without}
    said = [f"{key}={value!r}" for key, value in sorted(read.items()) if key not in left_out]
    return hashlib.sha256("\n".join([sha256(read["model"]), *said]).encode()).hexdigest()


def _card_of(path: Path) -> Path:
    """The card that a user means by its name or by that of the ONNX file beside it."""
    path = path.expanduser().absolute()
    card = path.with_suffix(".toml") if path.suffix.lower() == ".onnx" else path
    if card.is_file():
        return card
    if not path.is_file():
        raise EngineError(
            f"{path} is not there. Put it back, or say where it is now: --detector FILE, --embedder FILE. "
            "Other models: docs/engines.md"
        )
    raise EngineError(
        f"{path} has no card, which says what the network sees and what it gives. Write {card.name} beside it: "
        "docs/engines.md has examples."
    )


class _Reader:
    """The keys of a card, each read once; what is left over at the end is unknown."""

    def __init__(self, path: Path, kind: str, table: dict[str, Any] | None = None, prefix: str = "") -> None:
        self.path, self._prefix = path, prefix
        self._left = _parsed(path) if table is None else table
        self._known: list[str] = []
        self._said = dict(self._left)
        if table is None and self.word("kind", ("detector", "embedder")) != kind:
            self.refuse("kind", f'"{kind}" where it is given as --{kind}')

    def refuse(self, key: str, right: str) -> NoReturn:
        """Say what would be right."""
        said = f"is {self._said[key]!r}" if key in self._said else "is missing"
        raise EngineError(f"{self.path}: {self._prefix}{key} {said}. It must be {right}.")

    def refuse_key(self, key: str, why: str) -> None:
        """Refuse a key that another one rules out."""
        if key in self._left:
            raise EngineError(f"{self.path}: {self._prefix}{key} has no meaning here. {why}.")

    def refuse_others(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._left:
            known = ", ".join(sorted(self._known))
            raise EngineError(f"{self.path}: {self._prefix}{key} is not known here. What can be said: {known}.")

    def table(self, key: str) -> _Reader:
        """A table of its own, empty if it is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.refuse(key, f"a table: [{key}]")
        return _Reader(self.path, "", value, f"{key}.")

    def text(self, key: str, usual: str) -> str:
        """Words that are not empty."""
        value = self._take(key, usual)
        return value if isinstance(value, str) and value else self.refuse(key, "a text")

    def word(self, key: str, words: Sequence[str], usual: str | None = None) -> str:
        """One of some words."""
        value = self._take(key, usual)
        return str(value) if value in words else self.refuse(key, f"one of: {', '.join(words)}")

    def names(self, key: str) -> list[str]:
        """A list of texts, empty if it is missing."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            self.refuse(key, "a list of names")
        return list(value)

    def flag(self, key: str, usual: bool) -> bool:
        """True or false."""
        value = self._take(key, usual)
        return value if isinstance(value, bool) else self.refuse(key, "true or false")

    def number(self, key: str, low: float, high: float, usual: float | None = None) -> float:
        """A number within bounds."""
        value = self._take(key, None)
        if value is None and usual is not None:
            return usual
        return float(value) if _is_number(value, low, high) else self.refuse(key, f"a number from {low:g} to {high:g}")

    def integer(self, key: str, low: int, high: int, usual: int | None = None) -> int:
        """A whole number within bounds."""
        value = self._take(key, usual)
        right = f"a whole number from {low} to {high}"
        return value if isinstance(value, int) and _is_number(value, low, high) else self.refuse(key, right)

    def integers(self, key: str, low: int, most: int, usual: Sequence[int]) -> list[int]:
        """From one to so many whole numbers."""
        value = self._take(key, list(usual))
        if not isinstance(value, list) or not 1 <= len(value) <= most or not all(_is_whole(n, low) for n in value):
            self.refuse(key, f"a list of whole numbers, such as {list(usual)}")
        return list(value)

    def three(self, key: str, low: float, high: float) -> Three:
        """A number, or one for each channel."""
        value = self._take(key, None)
        each = value if isinstance(value, list) else [value] * 3
        if len(each) != 3 or not all(_is_number(n, low, high) for n in each):
            self.refuse(key, f"a number from {low:g} to {high:g}, or three of them, one for each colour")
        red, green, blue = map(float, each)
        return red, green, blue

    def size(self, key: str) -> tuple[int, int]:
        """Pixels of a square, or height and width."""
        value = self._take(key, None)
        each = value if isinstance(value, list) else [value] * 2
        if len(each) != 2 or not all(_is_whole(n, 16) and n <= 4096 for n in each):
            self.refuse(key, "a number of pixels from 16 to 4096, or [height, width]")
        return each[0], each[1]

    def _take(self, key: str, usual: Any) -> Any:
        self._known.append(key)
        return self._left.pop(key, usual)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # what TOML refuses, and what is no UTF-8
        raise EngineError(f"{path} is no card: {error}. It must be TOML; docs/engines.md has examples.") from error


def _is_number(value: object, low: float, high: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and low <= value <= high  # type: ignore[arg-type,operator]


def _is_whole(value: object, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= low
