"""Descriptors: length 1, distances, bytes; vectors of two Spaces never meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Choice, Space, Vectors


def normalise(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; a row of zeros stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length == 0, 1, length), dtype=np.float32)


def distances(a: Vectors, b: Vectors) -> NDArray[np.float32]:
    """Euclidean distances between all rows of a and all rows of b.

    Args:
        a: (n, dim), rows of length 1.
        b: (m, dim), rows of length 1.

    Returns:
        (n, m) float32 in [0, 2]; computed as sqrt(2 - 2ab), so equal rows may be 1e-3 apart rather than 0.
    """
    return distances_by_products(a @ b.T)


def distances_by_products(products: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distances of vectors of length 1 whose scalar products are known, of any shape: great products are near."""
    return np.asarray(np.sqrt(np.clip(2 - 2 * products, 0, 4)), dtype=np.float32)


def to_bytes(vector: Vectors) -> bytes:
    """One vector as little-endian float32."""
    return vector.astype("<f4").tobytes()


def from_bytes(rows: list[bytes], dim: int) -> Vectors:
    """Undo `to_bytes` for many vectors at once, as (n, dim) float32.

    Raises:
        ValueError: the bytes are not n vectors of this dimension.
    """
    return np.frombuffer(bytearray().join(rows), dtype="<f4").reshape(len(rows), dim).astype(np.float32, copy=False)


def require_engine(index: Space, wanted: Choice | None) -> None:
    """Refuse another engine than the one that described the faces of an index; None asks for none.

    Raises:
        EngineError: another one is asked for.
    """
    if wanted is not None and wanted != index.choice:
        raise EngineError(
            f"The faces in this index were described by {index.engine}, whose vectors cannot be compared with those of "
            f"{wanted.name}. Nothing was changed. Leave {_which(wanted)} out; or let {wanted.name} describe the whole "
            f"library, and keep what you said: phototag migrate {wanted.options}; or keep a second index: --index DIR "
            f"{wanted.options}"
        )


def _which(wanted: Choice) -> str:
    return "--detector and --embedder" if wanted.detector else "--engine"


def require_space(index: Space, engine: Space) -> None:
    """Refuse to compare what an engine describes with vectors of another Space.

    Raises:
        EngineError: the Spaces differ.
    """
    if index.key != engine.key:
        raise EngineError(
            f"{engine.engine} describes faces in another way than when this library was scanned, by {index.engine}. "
            "Nothing was changed. Bring the library up to date first: phototag scan DIR"
        )
