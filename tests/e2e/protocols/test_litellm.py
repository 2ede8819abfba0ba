"""LiteLLM as a client, in an environment of its own: it is 256 MB and no part of the product.

Only where LITELLM is set, as `make clients` does; the openai package speaks the same protocol in every run.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.installed_client import answer_of, python_with

SCRIPT = Path(__file__).with_name("ask_with_litellm.py")


@pytest.mark.timeout(900)
@pytest.mark.skipif("LITELLM" not in os.environ, reason="set LITELLM=1 to install and run it")
def test_litellm_completes_streams_embeds_and_tells_errors_apart(client: Client) -> None:
    python = python_with(["litellm==1.110.2"], name="litellm")
    client.create_base_of("parking", "parking.md", "# Parking\n\nVisitors park on deck C, next to the ramp.\n")
    key = str(client.http.headers["authorization"]).removeprefix("Bearer ")
    base_url = str(client.http.base_url).rstrip("/")

    answer = answer_of(python, SCRIPT, base_url, key, "parking", "Where do visitors park?")

    assert "deck C" in answer["content"]
    assert answer["annotations"] >= 1
    assert answer["streamed"] == answer["content"]
    assert answer["streamed_tokens"][-1] == answer["tokens"] > 5
    assert answer["dimensions"] == [384, 384]
    assert (answer["wrong_key"], answer["unknown_model"]) == ("AuthenticationError", "NotFoundError")
