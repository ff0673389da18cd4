"""Networks written by hand in dlib's format."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.engines.dlib_weights import BATCH_NORM_EPS, Affine, Convolution, FullyConnected, read_layers
from phototag.errors import EngineError


def integer(value: int) -> bytes:
    """A byte with the sign and the number of bytes that follow, then those."""
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def integers(*values: int) -> bytes:
    return b"".join(integer(value) for value in values)


def tensor(values: list[float], *shape: int) -> bytes:
    return integers(2, *shape) + struct.pack(f"<{len(values)}f", *values)


def name(text: bytes) -> bytes:
    return integer(len(text)) + text


def announced(text: bytes) -> bytes:
    """A layer's name as dlib writes it: a byte with its length, then the text."""
    return bytes([len(text)]) + text


CONVOLUTION = (
    announced(b"con_4")
    + tensor([1, 2, 3, 4, 0.5, -0.5], 6, 1, 1, 1)  # two filters of 1 x 2 weights, then two biases
    + integers(2, 1, 2, 3, 4, 0, 1)  # filters, height, width, stride y and x, padding y and x
    + integers(1, 2, 1, 1, 2)  # the filters as a tensor: version, then (out, in, h, w)
)
AFFINE = announced(b"affine_") + tensor([2, 3, -1, -2], 4, 1, 1, 1)
BATCH_NORM = (
    announced(b"bn_con2")
    + tensor([6, 1, 10, 20], 4, 1, 1, 1)  # gammas, then betas
    + integers(*range(10))
    + tensor([9, 9], 1, 2, 1, 1)
    + tensor([9, 9], 1, 2, 1, 1)
    + tensor([5, 7], 1, 2, 1, 1)  # running means
    + tensor([4, 1], 1, 2, 1, 1)  # running variances
)
FULLY_CONNECTED = announced(b"fc_2") + integers(2, 0) + tensor([1, 2, 3, 4, 5, 6], 3, 2, 1, 1)


def test_a_convolution_is_read() -> None:
    (layer,) = read_layers(CONVOLUTION)
    assert isinstance(layer, Convolution)
    assert layer.filters.tolist() == [[[[1, 2]]], [[[3, 4]]]]
    assert layer.bias.tolist() == [0.5, -0.5]
    assert (layer.stride, layer.padding) == ((3, 4), (0, 1))


def test_an_affine_layer_is_read() -> None:
    (layer,) = read_layers(AFFINE)
    assert isinstance(layer, Affine)
    assert (layer.scale.tolist(), layer.shift.tolist()) == ([2, 3], [-1, -2])


def test_a_batch_normalisation_is_read_as_the_affine_layer_it_is_at_run_time() -> None:
    (layer,) = read_layers(BATCH_NORM)
    assert isinstance(layer, Affine)
    scale = np.array([6 / np.sqrt(4 + BATCH_NORM_EPS), 1 / np.sqrt(1 + BATCH_NORM_EPS)])
    assert layer.scale == pytest.approx(scale)
    assert layer.shift == pytest.approx([10, 20] - scale * [5, 7])


def test_a_fully_connected_layer_is_read() -> None:
    (layer,) = read_layers(FULLY_CONNECTED)
    assert isinstance(layer, FullyConnected)
    assert layer.weights.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_layers_come_in_forward_order_whatever_lies_between() -> None:
    data = b"header" + CONVOLUTION + b"\1\2\3" + AFFINE + BATCH_NORM + b"relu_" + FULLY_CONNECTED + b"end"
    assert [type(layer) for layer in read_layers(data)] == [Convolution, Affine, Affine, FullyConnected]


def test_a_name_that_is_not_announced_is_no_layer() -> None:
    assert read_layers(b"con_4 affine_ bn_con2 fc_2") == []
    assert read_layers(b"\4con_4") == []


def test_a_name_among_the_weights_is_no_layer() -> None:
    looks_like_one = announced(b"fc_2") + b"\0\0\0"
    data = announced(b"affine_") + integers(2, 2, 1, 1, 1) + looks_like_one
    (layer,) = read_layers(data)
    assert isinstance(layer, Affine)
    assert layer.scale.tobytes() + layer.shift.tobytes() == looks_like_one


def test_large_and_negative_integers_are_read() -> None:
    data = CONVOLUTION[: CONVOLUTION.index(integers(2, 1, 2, 3, 4, 0, 1))]
    data += integers(2, 1, 2, 70_000, -3, 0, 1) + integers(1, 2, 1, 1, 2)
    (layer,) = read_layers(data)
    assert layer.stride == (70_000, -3)


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param(CONVOLUTION, id="convolution"),
        pytest.param(AFFINE, id="affine"),
        pytest.param(BATCH_NORM, id="batch normalisation"),
        pytest.param(FULLY_CONNECTED, id="fully connected"),
    ],
)
def test_a_file_that_is_cut_off_says_what_to_install(layer: bytes) -> None:
    for end in range(9, len(layer)):
        with pytest.raises(EngineError, match="Install face-recognition-models again"):
            read_layers(layer[:end])


def test_another_version_of_the_format_is_refused() -> None:
    with pytest.raises(EngineError, match="tensor version 3"):
        read_layers(announced(b"affine_") + integers(3, 2, 1, 1, 1) + bytes(8))


@given(st.sampled_from([CONVOLUTION, AFFINE, FULLY_CONNECTED]), st.integers(0, 200), st.binary(max_size=6))
def test_damaged_bytes_are_read_or_refused(layer: bytes, at: int, damage: bytes) -> None:
    at %= len(layer)
    try:
        found = read_layers(layer[:at] + damage + layer[at + len(damage) :])
    except EngineError as refusal:
        assert "Install face-recognition-models again" in str(refusal)
    else:
        assert len(found) <= 1
