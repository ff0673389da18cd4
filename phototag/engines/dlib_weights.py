"""Read the layers of a network out of a dlib .dat file.

The format (little-endian, dlib/serialize.h): an integer is a byte with the number of bytes that follow in its low four
bits and the sign in bit 7, then those bytes; a tensor is its version (2), four sizes, then raw float32. Layers follow
in forward order, each announced by its name with its length before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float32]

CHIP_SIDE = 150
"""Pixels: what the face recognition network sees."""

DIM = 128
"""Numbers that it describes a face by."""

BATCH_NORM_EPS = 1e-4
"""dlib's DEFAULT_BATCH_NORM_EPS."""


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`con_4`: filters (out, in, h, w), bias (out,), stride and padding as (y, x)."""

    filters: Array
    bias: Array
    stride: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """`affine_`, or `bn_con2` at run time: y = scale * x + shift for each channel."""

    scale: Array
    shift: Array


@dataclass(frozen=True, slots=True, eq=False)
class FullyConnected:
    """`fc_no_bias`: weights (in, out)."""

    weights: Array


Layer: TypeAlias = Convolution | Affine | FullyConnected


def read_layers(data: bytes) -> list[Layer]:
    """The parametrised layers in forward order.

    Raises:
        EngineError: the bytes are not such a network.
    """
    found: list[Layer] = []
    end = 0
    try:
        for match in re.finditer(rb"con_4|affine_|bn_con2|fc_2", data):
            announced = match.start() > 0 and data[match.start() - 1] == len(match.group())
            if match.start() >= end and announced:
                reader = _Reader(data, match.end())
                found.append(_READERS[match.group()](reader))
                end = reader.at
    except (IndexError, ValueError, OverflowError) as error:
        raise EngineError(
            f"The dlib network cannot be read ({error}). Install face-recognition-models again."
        ) from error
    return found


class _Reader:
    """Reads dlib's integers and tensors one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def integer(self) -> int:
        head = self.data[self.at]
        n = head & 0x0F
        if self.at + 1 + n > len(self.data):
            raise ValueError("it is cut off")
        value = int.from_bytes(self.data[self.at + 1 : self.at + 1 + n], "little")
        self.at += 1 + n
        return -value if head & 0x80 else value

    def integers(self, count: int) -> list[int]:
        return [self.integer() for _ in range(count)]

    def tensor(self) -> Array:
        version, *sizes = self.integers(5)
        if version != 2:
            raise ValueError(f"tensor version {version}")
        n = int(np.prod(sizes))
        values = np.frombuffer(self.data, "<f4", n, self.at).astype(np.float32)
        self.at += 4 * n
        return values.reshape(sizes)

    def vector(self) -> Array:
        return self.tensor().ravel()


def _convolution(reader: _Reader) -> Convolution:
    parameters = reader.vector()
    _, _, _, stride_y, stride_x, pad_y, pad_x = reader.integers(7)
    _, *shape = reader.integers(5)  # of the alias tensor that holds the filters
    n = int(np.prod(shape))
    return Convolution(parameters[:n].reshape(shape), parameters[n:], (stride_y, stride_x), (pad_y, pad_x))


def _affine(reader: _Reader) -> Affine:
    scale, shift = np.split(reader.vector(), 2)
    return Affine(scale, shift)


def _batch_norm(reader: _Reader) -> Affine:
    gamma, beta = np.split(reader.vector(), 2)
    reader.integers(10)  # two alias tensors
    reader.tensor(), reader.tensor()  # means and inverse deviations of the last batch
    mean, variance = reader.vector(), reader.vector()
    scale = gamma / np.sqrt(variance + np.float32(BATCH_NORM_EPS))
    return Affine(scale, beta - scale * mean)


def _fully_connected(reader: _Reader) -> FullyConnected:
    reader.integers(2)
    weights = reader.tensor()
    return FullyConnected(weights.reshape(weights.shape[:2]))


_READERS: dict[bytes, Callable[[_Reader], Layer]] = {
    b"con_4": _convolution,
    b"affine_": _affine,
    b"bn_con2": _batch_norm,
    b"fc_2": _fully_connected,
}
