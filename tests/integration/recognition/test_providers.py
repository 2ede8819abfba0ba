"""Recognisers outside, over real HTTP: Textract's protocol, and a chat model that is shown the picture."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from voicehelper.adapters.aws_call import Patience, aws_call
from voicehelper.models.catalogue import Catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.invoked import ModelCall, answer_call
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.models import FileToRead, Outcome, ReadFile
from voicehelper.multimodal.work import recognise_file
from voicehelper.recognition import models
from voicehelper.recognition.chat_model import STATED_CONFIDENCE
from voicehelper.recognition.factory import build_provider
from voicehelper.recognition.protocol import Provider
from voicehelper.settings import Recogniser

from tests.support.drawn.pages import draw_page, encoded
from tests.support.fakes import FakeContent
from tests.support.openai_server import OpenAIServer, answer, running_server
from tests.unit.recognition.test_textract import BLOCKS

pytestmark = pytest.mark.skipif(not models.is_installed(), reason="the engine has no wheel for this Python")
REF = TaskRef(UUID(int=1), UUID(int=2), UUID(int=3))
EVENT = FileToRead(tenant_id=REF.tenant_id, user_id=REF.user_id, task_id=REF.task_id)
PICTURE = encoded(draw_page(["Lease", "Rent 780", "Deposit 90"], dpi=80))
TRANSCRIPT = {"text": "Lease\nRent 780", "tables": [[["Rent", "780"], ["Deposit"]]]}


class Storage(FakeContent):
    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])


def read_by(provider: Provider | None, language: str = "en") -> ReadFile:
    request = json.dumps({"mode": "ocr_table", "language": language}).encode()
    storage = Storage({REF.request: request, REF.source: PICTURE})
    recognise_file(EVENT, content=storage, provider=provider)
    result = Outcome.model_validate_json(storage.objects[REF.outcome]).result
    assert result
    return result


@pytest.fixture
def textract(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """A server that speaks AWS's JSON protocol; what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append({"target": self.headers["x-amz-target"], **body})
            answered = json.dumps({"Blocks": BLOCKS}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answered)))
            self.end_headers()
            self.wfile.write(answered)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()


def analyse(payload: dict[str, Any]) -> dict[str, Any]:
    return aws_call("textract", "AnalyzeDocument", payload, patience=Patience(attempts=1))


def test_textract_is_sent_a_signed_picture_and_its_blocks_are_the_answer(textract: list[dict[str, Any]]) -> None:
    result = read_by(build_provider("textract", analyse, None))

    assert (result.text, result.degraded) == ("Unit price\n9.75", [])
    assert [table.rows for table in result.tables] == [[["Unit price", ""], ["", "9.75"]]]
    assert [(call["target"], call["FeatureTypes"]) for call in textract] == [("Textract.AnalyzeDocument", ["TABLES"])]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_server() as running:
        yield running


def chat_model(server: OpenAIServer) -> Provider:
    """By way of the function that calls models, as it answers; only the call itself is in this process."""
    catalogue = Catalogue.model_validate(
        {
            "providers": {"main": {"base_url": server.base_url}},
            "models": {name: {"provider": "main", "cost_per_1k_usd": 0.0} for name in ("text", "eyes")},
            "chat": "text",
            "picture": "eyes",
        }
    )

    def invoke(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        call = ModelCall.model_validate(json.loads(json.dumps(payload)))
        reply = answer_call(call, chat=lambda: build_chat(catalogue, {}), embedder=_no_embedder)
        assert timeout_s <= 30
        return reply.model_dump()

    name: Recogniser = "chat_model"
    provider = build_provider(name, analyse, invoke)
    assert provider
    return provider


def _no_embedder() -> Any:
    raise AssertionError


def test_a_chat_model_is_shown_the_picture_and_its_transcript_is_the_answer(server: OpenAIServer) -> None:
    server.script = [answer("```json\n" + json.dumps(TRANSCRIPT) + "\n```")]

    result = read_by(chat_model(server), "zh-CN")

    [request] = server.requests
    text, picture = request["messages"][-1]["content"]
    assert (request["model"], text["type"], picture["type"]) == ("eyes", "text", "image_url")
    assert picture["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
    assert (result.text, result.confidence, result.degraded) == ("Lease\nRent 780", STATED_CONFIDENCE, [])
    assert [table.rows for table in result.tables] == [[["Rent", "780"], ["Deposit", ""]]]


def test_a_model_that_writes_something_else_is_replaced_by_the_built_in_recogniser(server: OpenAIServer) -> None:
    server.script = [answer("I see a lease.")]

    result = read_by(chat_model(server))

    assert result.text == "Lease\nRent 780\nDeposit 90"
    assert result.degraded == ["chat_model"]
