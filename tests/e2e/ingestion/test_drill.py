"""A failure drill: two hundred documents, upload events delivered up to three times in random order, pipeline functions
and the launcher killed with SIGKILL, the stack stopped in good order in between. Afterwards no document may be lost,
indexed twice or still waiting, and no task of an agent either.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from infra.local.endpoint import Endpoint
from infra.local.paths import State
from infra.local.redelivery import upload_event
from tests.support.application import ROOT
from tests.support.client import Client, http_client
from tests.support.postgres import free_port
from tests.support.stations import expected_chunks, text_of

DOCUMENTS, TASKS = 200, 3
KILLS, KILLING_S = 60, 120.0
# Folders of the functions that are killed.
KILLED = ("ingestion.", "agent_steps.", "tools.")
# A message whose consumer was killed is delivered again after this time, not after the three minutes of the template.
VISIBILITY_S = 20


class Launcher:
    """`python -m infra.local up` in a process of its own, so that it can be killed like any other."""

    def __init__(self, state: Path) -> None:
        self.state, self.port = state, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "infra.local", "up", "--state", str(self.state), "--port", str(self.port)]
        with (self.state.parent / "launcher.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError), http_client(self.base_url, timeout_s=5) as caller:
                if self._is_up() and caller.get("/health").status_code == 200:
                    return self._shorten_redelivery()
            time.sleep(0.2)
        raise AssertionError((self.state.parent / "launcher.log").read_text())

    def _is_up(self) -> bool:
        """Not the last run, which may still answer as it ends."""
        assert self.process
        with contextlib.suppress(FileNotFoundError):
            return bool(self.facts()["pid"] == self.process.pid)
        return False

    def _shorten_redelivery(self) -> None:
        sqs = self.endpoint.client("sqs")
        for url in sqs.list_queues()["QueueUrls"]:
            if "-Upload" in url:
                sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY_S)})

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def emulator_port(self) -> int:
        """The same before and after a restart."""
        return int(self.facts()["emulator_port"])

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint.of(State(self.state))

    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.state / "stack.json").read_text("utf-8")))

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    running = Launcher(tmp_path / "state")
    running.start()
    yield running
    running.end()


def kill_functions(launcher: Launcher, killed: list[int], random_source: random.Random) -> None:
    """SIGKILL for a random pipeline function every now and then, at most KILLS within KILLING_S."""
    deadline = time.monotonic() + KILLING_S
    while len(killed) < KILLS and time.monotonic() < deadline:
        time.sleep(random_source.uniform(0.3, 1.5))
        port = str(launcher.emulator_port)
        candidates = [
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if any(part.startswith(KILLED) for part in process.info["cmdline"] or ())
            and port in str((process.info["environ"] or {}).get("AWS_ENDPOINT_URL", ""))
        ]
        if candidates:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                victim = random_source.choice(candidates).pid
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)


@pytest.mark.timeout(900)
def test_no_document_is_lost_duplicated_or_left_waiting(
    launcher: Launcher, seed: int, record_property: Callable[[str, object], None]
) -> None:
    random_source = random.Random(20251101 + seed)
    client = Client(launcher.base_url)
    kb_id = client.create_base("drill")
    numbers = {client.upload(kb_id, f"station-{n}.md", text_of(n)): n for n in range(DOCUMENTS)}
    tasks = [begin_task(client, kb_id, number) for number in range(TASKS)]
    killed: list[int] = []
    killer = threading.Thread(target=kill_functions, args=(launcher, killed, random_source), daemon=True)
    killer.start()
    _deliver_again(launcher, list(numbers), random_source)
    _wait_until_indexed(client, kb_id, 20)  # the crash comes when some are indexed, some in progress, some not started
    tasks += [begin_task(client, kb_id, number) for number in range(TASKS)]
    launcher.kill()
    launcher.start()
    _wait_until_indexed(client, kb_id, DOCUMENTS // 2)
    launcher.end()  # in good order this time; its executions end with it
    launcher.start()
    killer.join()  # functions are killed for a while longer; then the rest can finish

    record_property("kills", len(killed))
    record_property("documents", DOCUMENTS)
    record_property("tasks", len(tasks))
    assert len(killed) >= KILLS // 3
    _settle(client, numbers)

    for document_id, number in numbers.items():
        assert _chunks(client, document_id) == expected_chunks(document_id, number)
    for task_id in tasks:
        trace = _task_at_its_end(client, task_id)["execution_trace"]
        assert [item["step"] for item in trace] == list(range(1, len(trace) + 1))
        assert [item["action"] for item in trace].count("calculator") == 1
        assert trace[-1]["action"] == "final_answer"
    base = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}")

    assert base["document_count"] == DOCUMENTS
    assert base["chunk_count"] == sum(len(expected_chunks(d, n)) for d, n in numbers.items())


def begin_task(client: Client, kb_id: str, number: int) -> str:
    task = f"计算 {number} + 1；检查周期是多久？"
    body = {"task": task, "tools": ["calculator", "knowledge_base"], "kb_ids": [kb_id]}
    return str(client.json("POST", "/api/v1/agent/execute", json=body, headers={"prefer": "respond-async"})["task_id"])


def _task_at_its_end(client: Client, task_id: str) -> dict[str, Any]:
    """A task that a kill has made fail is resumed, as its error says."""
    path, deadline = f"/api/v1/agent/tasks/{task_id}", time.monotonic() + 200
    while (task := client.json("GET", path))["status"] != "completed":
        assert time.monotonic() < deadline, task
        if task["status"] == "failed":
            client.json("POST", f"{path}/resume")
        time.sleep(0.5)
    return task


def _deliver_again(launcher: Launcher, document_ids: list[str], random_source: random.Random) -> None:
    """Send every upload event up to two more times, in random order; Amazon S3 has sent each once."""
    sqs, s3 = launcher.endpoint.client("sqs"), launcher.endpoint.client("s3")
    bucket = next(b["Name"] for b in s3.list_buckets()["Buckets"] if "-content-" in b["Name"])
    queue = next(url for url in sqs.list_queues()["QueueUrls"] if "-UploadQueue-" in url)
    keys = [
        item["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for item in page["Contents"]
    ]
    sources = [key for key in keys if key.endswith("/source")]
    assert len(sources) == len(document_ids)
    events = [key for key in sources for _ in range(random_source.randrange(0, 3))]
    random_source.shuffle(events)
    for start in range(0, len(events), 10):
        batch = events[start : start + 10]
        entries = [{"Id": str(n), "MessageBody": upload_event(bucket, key)} for n, key in enumerate(batch)]
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)


def _wait_until_indexed(client: Client, kb_id: str, wanted: int, *, limit_s: float = 240) -> None:
    deadline, indexed = time.monotonic() + limit_s, 0
    while indexed < wanted:
        assert time.monotonic() < deadline, f"{indexed} of {wanted} documents indexed"
        page = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents", params={"page_size": DOCUMENTS})
        indexed = sum(item["status"] == "indexed" for item in page["items"])
        time.sleep(0.5)


def _settle(client: Client, numbers: dict[str, int]) -> None:
    """Wait for every document; retry what a kill has made fail, as the error message tells users to do."""
    for _ in range(5):
        ended = client.wait(numbers, limit_s=400)
        failed = [document_id for document_id, status in ended.items() if status["status"] == "failed"]
        assert {ended[document_id]["error"]["code"] for document_id in failed} <= {
            "internal",
            "upstream_unavailable",
            "timed_out",
        }
        if not failed:
            return
        for document_id in failed:
            client.json("POST", f"/api/v1/knowledge/documents/{document_id}/retry")
    raise AssertionError("documents still fail after five retries")


def _chunks(client: Client, document_id: str) -> list[tuple[str, int, str]]:
    page = client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks", params={"page_size": 200})
    return [(item["id"], item["sequence"], item["content"]) for item in page["items"]]
