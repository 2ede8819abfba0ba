"""Open WebUI against the running product: it is installed once, 630 MB in its slim form, and asked as its pages ask.

Only where OPEN_WEBUI is set, and Python 3.11 or 3.12 is there, which it needs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.client import Client
from tests.support.installed_client import CLIENTS, UV, python_with

VERSION = "0.12.4"
START_TIMEOUT_S = 120

pytestmark = [
    pytest.mark.skipif("OPEN_WEBUI" not in os.environ, reason="set OPEN_WEBUI=1 to install and run it"),
    pytest.mark.timeout(1200),
]


@pytest.fixture(scope="module")
def python() -> Path:
    requirements = [f"open-webui=={VERSION}"]
    return python_with(requirements, name="open-webui", base=">=3.11,<3.13", without_dependencies=True)


@pytest.fixture(scope="module")
def slim(python: Path) -> Path:
    """With what the slim form needs, which the package names in a file of its own."""
    stamp = CLIENTS / "open-webui/slim"
    if not stamp.exists():
        [requirements] = (CLIENTS / "open-webui/lib").glob("python3.*/site-packages/requirements-slim.txt")
        command: list[str | Path] = [UV, "pip", "install", "-q", "--python", python, "-r", requirements]
        subprocess.run(command, check=True, timeout=900)
        stamp.touch()
    return python


@pytest.fixture(scope="module")
def web_ui(slim: Path, client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Signed in as its first user, with the product as its one connection."""
    client.create_base_of("canteen", "canteen.md", "# Lunch\n\nLunch costs 6.40 euros.\n\n# 早餐\n\n早餐每份 5 元。\n")
    folder = tmp_path_factory.mktemp("open_webui")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "DATA_DIR": str(folder / "data"),
        "STATIC_DIR": str(folder / "static"),
        "OPENAI_API_BASE_URL": str(client.http.base_url).rstrip("/") + "/v1",
        "OPENAI_API_KEY": str(client.http.headers["authorization"]).removeprefix("Bearer "),
        "USE_SLIM_DOCKER": "true",
        "FROM_INIT_PY": "true",
        "OFFLINE_MODE": "true",
        "WEBUI_SECRET_KEY": "x",
        "ENABLE_OLLAMA_API": "false",
        "ENABLE_PERSISTENT_CONFIG": "false",
        "PATH": os.environ["PATH"],
    }
    command: list[str | Path] = [
        slim,
        "-m",
        "uvicorn",
        "open_webui.main:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=100) as http:
            _wait_for(http, process, folder / "log")
            account = {"name": "a", "email": "a@example.com", "password": "Lunch-at-noon-1"}
            token = http.post("/api/v1/auths/signup", json=account).json()["token"]
            http.headers["authorization"] = f"Bearer {token}"
            yield http
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http.get("/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.5)  # it offers nothing but being asked
    pytest.fail(f"Open WebUI did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def chat(question: str, *, stream: bool) -> dict[str, Any]:
    return {"model": "kb:canteen", "messages": [{"role": "user", "content": question}], "stream": stream}


def test_bases_are_offered_as_models(web_ui: httpx.Client) -> None:
    models = web_ui.get("/api/models").json()["data"]

    assert "kb:canteen" in [model["id"] for model in models]


def test_a_chat_is_answered_with_its_citations(web_ui: httpx.Client) -> None:
    completion = web_ui.post("/api/chat/completions", json=chat("How much is lunch?", stream=False)).json()

    message = completion["choices"][0]["message"]
    assert "6.40" in message["content"]
    assert message["annotations"][0]["url_citation"]["url"].startswith("http")


def test_a_chat_is_streamed(web_ui: httpx.Client) -> None:
    text = web_ui.post("/api/chat/completions", json=chat("早餐多少钱？", stream=True)).text

    events = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
    assert events[-1] == "[DONE]"
    assert "5" in "".join(delta.get("content") or "" for delta in deltas)
    assert any(delta.get("annotations") for delta in deltas)
