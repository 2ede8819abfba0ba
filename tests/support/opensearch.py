"""A real OpenSearch node for tests: one for all processes of a test run, which ends with the run."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

import pytest

from infra.local import opensearch
from infra.local.processes import StackError

# A test is given up after twice the time, and a slow network is no failure of the product.
_FETCHED_WITHIN_S: Final = 60.0


def shared_node(folder: Path, *, is_worker: bool) -> str:
    """Address of the run's node; skips, saying why, where there is none. ``folder`` is common to all workers.

    The node belongs to the process that every worker is a child of.
    """
    address, refusal = folder / "opensearch-url", folder / "opensearch-refusal"
    with (folder / "opensearch-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (address.exists() or refusal.exists()):
            try:
                owner = os.getppid() if is_worker else os.getpid()
                node = opensearch.start(folder / "opensearch", owner=owner, fetched_within_s=_FETCHED_WITHIN_S)
                address.write_text(node.url)
            except StackError as error:
                refusal.write_text(str(error))
    if refusal.exists():
        pytest.skip(refusal.read_text())
    return address.read_text()
