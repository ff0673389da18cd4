from __future__ import annotations

from collections.abc import Callable

import pytest

from phototag.engines.mtcnn_graphs import output_net, proposal_net, refine_net
from phototag.errors import EngineError


@pytest.mark.parametrize("draw", [proposal_net, refine_net, output_net])
@pytest.mark.parametrize("data", [b"", b"not weights", bytes(1000)])
def test_weights_that_cannot_be_read_say_what_to_install(draw: Callable[[bytes], bytes], data: bytes) -> None:
    with pytest.raises(EngineError, match="Install the package mtcnn again"):
        draw(data)
