"""The running product: what a hosted reply takes longer through the function that calls models than asked directly.

Warm, over the emulator, with a provider on this machine that answers at once. On AWS the way to the function and back
is Lambda's instead.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from unittest import mock

from voicehelper.adapters.invoke import invoke
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.invoked import InvokedChat
from voicehelper.models.protocols import Chat, ChatRequest, Deadline

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.support.openai_server import answer, running_server

CALLS: Final = 30
REQUEST: Final = ChatRequest([{"role": "user", "content": "How long does the warranty last?"}], 100, 0.0)
MODEL: Final = {"provider": "main", "cost_per_1k_usd": 0.01}
KEYS: Final = {"main": "key"}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, running_server() as provider:
        provider.script = [answer("Two years.")]
        catalogue = {"providers": {"main": {"base_url": provider.base_url}}, "models": {"m": MODEL}, "chat": "m"}
        models = Path(folder, "models.json")
        models.write_text(json.dumps({**catalogue, "keys": KEYS}), "utf-8")
        directly = build_chat(parse_catalogue(json.dumps(catalogue)), KEYS, None)
        assert directly
        direct_s = _median_s(directly)
        with Stack(Path(folder, "state"), models=models) as stack:
            invoked_s = _median_s(_through_the_function(stack))
    yield Figure("hosted reply, asked directly", direct_s * 1000, "ms")
    yield Figure("... through the function that calls models, more", (invoked_s - direct_s) * 1000, "ms", most=40)


def _through_the_function(stack: Stack) -> Chat:
    name = _function(stack)
    environment = {**stack.endpoint.environment, "AWS_ENDPOINT_URL": stack.endpoint.url}

    def invoke_there(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        with mock.patch.dict(os.environ, environment):
            return invoke(name, payload, timeout_s=timeout_s)

    return InvokedChat(invoke_there)


def _function(stack: Stack) -> str:
    listed = stack.endpoint.client("lambda").list_functions(MaxItems=200)["Functions"]
    [name] = [function["FunctionName"] for function in listed if "CallModelFunction" in function["FunctionName"]]
    return str(name)


def _median_s(chat: Chat) -> float:
    """Of warm calls."""
    return statistics.median([_seconds(lambda: chat.complete(REQUEST, _deadline())) for _ in range(CALLS)][3:])


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _deadline() -> Deadline:
    return Deadline(time.monotonic() + 20)
