"""An emulator with nothing on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local import emulator
from infra.local.endpoint import Endpoint
from infra.local.paths import EMULATOR_PYTHON, State
from infra.local.processes import stop


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    state = State(tmp_path_factory.mktemp("emulator"))
    state.prepare()
    running = emulator.start(state)
    yield running.endpoint
    stop(running.process)
