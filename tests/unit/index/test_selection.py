"""What an index brings into a process before it is asked anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# An interpreter of its own: this one has imported both.
LOADED = """
import sys
from voicehelper.index.selection import select_index
from voicehelper.settings import settings
select_index(settings())
print(*(name for name in ("opensearchpy", "requests", "voicehelper.adapters.opensearch") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("engine", "loaded"), [("postgres", []), ("", []), ("opensearch", ["voicehelper.adapters.opensearch"])]
)
def test_the_sdk_waits_for_the_first_call_and_its_adapter_for_the_choice(engine: str, loaded: list[str]) -> None:
    chosen = {"SEARCH_ENGINE": engine, "OPENSEARCH_URL": "http://127.0.0.1:9200" if engine == "opensearch" else ""}
    shared = Path(__file__).parents[3] / "shared"
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=os.environ | chosen | {"PYTHONPATH": str(shared)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == loaded
