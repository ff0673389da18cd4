from __future__ import annotations

import pytest

from phototag.engines import weights
from phototag.engines.dlib_graphs import resnet
from phototag.errors import EngineError


def test_the_weights_of_another_network_say_what_to_install() -> None:
    with pytest.raises(EngineError, match="Install face-recognition-models again"):
        resnet(weights.MMOD.path().read_bytes())


def test_what_are_no_weights_say_what_to_install() -> None:
    with pytest.raises(EngineError, match="Install face-recognition-models again"):
        resnet(b"not weights")
