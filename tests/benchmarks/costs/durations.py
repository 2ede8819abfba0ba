"""Writes into infra/measured.json, from which `make cost` computes: seconds of each function, pages and log of the database.

    .venv/bin/python -m tests.benchmarks.costs.durations

On the running product, by turns: what is cold first, then warm calls. CPU seconds are of the functions' own processes,
because they do not depend on the machine's other work; waiting is what remains of the seconds a caller sees.
"""

from __future__ import annotations

import contextlib
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from voicehelper.adapters.database import Database
from voicehelper.adapters.database_address import database_dsn

from infra.local import logs
from infra.local.endpoint import Endpoint
from infra.local.paths import ROOT
from infra.local.stack import Stack
from tests.support.client import Client

COMMAND: Final = ".venv/bin/python -m tests.benchmarks.costs.durations"
FILE: Final = ROOT / "infra" / "measured.json"
DOCUMENTS, QUESTIONS, SECTIONS = 4, 60, 120
ONE_BATCH: Final = 16  # sections, so that what is cold works as long as what is warm
MACHINE: Final = "-ingestion"
FLUSHED_S: Final = 11.0  # after which a session of PostgreSQL has reported its statistics
_FUNCTION: Final = re.compile(r"-(\w+Function)-")
_PLATFORM: Final = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")


@dataclass(frozen=True)
class Snapshot:
    """Sums since the stack's start."""

    function_cpu_s: dict[str, float]
    database_cpu_s: float
    blocks: int
    log_position: int


@dataclass(frozen=True)
class Product:
    stack: Stack
    client: Client
    kb_id: str

    def snapshot(self) -> Snapshot:
        time.sleep(FLUSHED_S)
        with psycopg.connect(self.stack.dsn) as connection:
            blocks = _number(connection, "SELECT sum(blks_hit + blks_read)::bigint FROM pg_stat_database")
            position = _number(connection, "SELECT (pg_current_wal_lsn() - '0/0')::bigint")
        return Snapshot(function_cpu_s(), database_cpu_s(), blocks, position)

    def upload(self, number: int, sections: int = SECTIONS) -> tuple[float, str]:
        """Seconds of the call, and the document's id once its execution has ended."""
        text = "\n\n".join(_section(number, at) for at in range(sections))
        started = time.perf_counter()
        document_id = self.client.upload(self.kb_id, f"manual-{number}.md", text.encode())
        waited_s = time.perf_counter() - started
        time.sleep(1)
        self.client.wait([document_id])
        return waited_s, document_id

    def ask(self, number: int) -> tuple[float, int]:
        """Seconds of the call, and the bytes of its answer."""
        query = f"At which pressure does valve {number}-{number % SECTIONS} close?"
        started = time.perf_counter()
        body = {"kb_id": self.kb_id, "query": query, "use_cache": False}
        response = self.client.call("POST", "/api/v1/rag/query", json=body)
        assert response.is_success, response.text
        return time.perf_counter() - started, len(response.content)


def _section(document: int, number: int) -> str:
    """About a chunk, each with a fact of its own."""
    fact = f"Valve {document}-{number} closes at {100 + number} kPa and is inspected by team {number % 7}. "
    filler = (
        f"Station {number} of plant {document} keeps its log for {number + 3} months; the seal, the spring and the "
        f"gauge are checked in this order, and a reading above {number + 200} kPa is reported to the control room. "
    )
    return f"## Station {document}-{number}\n\n{fact}{filler * 4}"


def _number(connection: psycopg.Connection[Any], statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row
    return int(row[0])


def _tree_cpu_s(process: psutil.Process) -> float:
    """Of a process, its children and those that have ended."""
    total = 0.0
    for member in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = member.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def function_cpu_s() -> dict[str, float]:
    """CPU seconds by logical id."""
    found: dict[str, float] = defaultdict(float)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            match = _FUNCTION.search(process.environ().get("AWS_LAMBDA_FUNCTION_NAME", ""))
            if match and "awslambdaric" in process.cmdline():
                found[match[1]] += _tree_cpu_s(process)
    return found


def database_cpu_s() -> float:
    servers = [process for process in psutil.Process().children() if process.name() == "postgres"]
    return sum(_tree_cpu_s(process) for process in servers)


def execution_histories(endpoint: Endpoint, machine: str) -> list[list[dict[str, Any]]]:
    """Of every execution so far, oldest first; ``machine`` is the end of the state machine's name."""
    client = endpoint.client("stepfunctions")
    (found,) = [one for one in client.list_state_machines()["stateMachines"] if one["name"].endswith(machine)]
    executions = client.list_executions(stateMachineArn=found["stateMachineArn"])["executions"]
    arns = [item["executionArn"] for item in sorted(executions, key=lambda item: item["startDate"])]
    return [client.get_execution_history(executionArn=arn, maxResults=1000)["events"] for arn in arns]


def is_event(event: dict[str, Any], kind: str) -> bool:
    return str(event["type"]).endswith(kind)


def calls_of(history: list[dict[str, Any]]) -> Counter[str]:
    """Invocations by the function's logical id."""
    scheduled = [event["taskScheduledEventDetails"] for event in history if is_event(event, "TaskScheduled")]
    names = [_FUNCTION.search(details["resource"]) for details in scheduled]
    return Counter(name[1] for name in names if name)


def states_entered(history: list[dict[str, Any]]) -> int:
    """A Map's items enter a state each, which the emulator's history shows by the call alone."""
    kinds = Counter(event["type"] for event in history)
    of_items = kinds["TaskScheduled"] - kinds["TaskStateEntered"]
    return sum(count for kind, count in kinds.items() if kind.endswith("StateEntered")) + of_items


def _step_seconds(history: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds in each state that calls a function once, by the function's logical id.

    Not of a Map's items: on a machine with two cores they wait for each other.
    """
    entered = Counter(event["stateEnteredEventDetails"]["name"] for event in history if is_event(event, "StateEntered"))
    seconds: Counter[str] = Counter()
    for event in history:
        if event["type"] == "TaskStateEntered":
            seconds[event["stateEnteredEventDetails"]["name"]] -= event["timestamp"].timestamp()
        if event["type"] == "TaskStateExited":
            seconds[event["stateExitedEventDetails"]["name"]] += event["timestamp"].timestamp()
    return {f"{name}Function": spent for name, spent in seconds.items() if entered[name] == 1}


def _log_bytes(endpoint: Endpoint, since_ms: int) -> float:
    """That an invocation writes itself; what Lambda and the gateway write is not the emulator's to say."""
    messages: list[str] = [event["message"] for event in logs.events(endpoint.client("logs"), since_ms)]
    invocations = sum(message.startswith("START RequestId") for message in messages)
    own = [message for message in messages if not message.startswith(_PLATFORM)]
    return round(sum(len(message.encode()) for message in own) / invocations, 1)


def functions_entry(
    cold: dict[str, float], warm: dict[str, float], waited: dict[str, float]
) -> dict[str, dict[str, float]]:
    """In milliseconds; ``wait`` is what the caller's clock adds to CPU."""
    return {
        name: {
            "cpu_ms": round(1000 * cpu_s, 1),
            "wait_ms": round(1000 * max(0.0, waited.get(name, cpu_s) - cpu_s), 1),
            "cold_cpu_ms": round(1000 * max(0.0, cold[name] - cpu_s), 1),
        }
        for name, cpu_s in sorted(warm.items())
    }


def measure(product: Product) -> dict[str, Any]:
    cold = _warmed_up(product)
    endpoint = product.stack.endpoint
    executions, since_ms = len(execution_histories(endpoint, MACHINE)), int(time.time() * 1000)
    start = product.snapshot()
    asked = [product.ask(1 + number % (DOCUMENTS + 1)) for number in range(QUESTIONS)]
    middle = product.snapshot()
    uploaded = [product.upload(2 + number) for number in range(DOCUMENTS)]
    end = product.snapshot()
    histories = execution_histories(endpoint, MACHINE)[executions:]
    assert len(histories) == DOCUMENTS
    calls = calls_of(histories[0])
    chunks = product.client.status(uploaded[0][1])["chunk_count"]
    return {
        "command": COMMAND,
        "date": datetime.now(UTC).date().isoformat(),
        "functions": functions_entry(
            cold, _warm(start, middle, end, calls), _waited([_step_seconds(h) for h in histories], asked, uploaded)
        ),
        "question": {
            "base_chunks": (DOCUMENTS + 1) * chunks,
            "answer_bytes": round(statistics.mean(size for _, size in asked)),
            "database_cpu_ms": per(start.database_cpu_s, middle.database_cpu_s, QUESTIONS, 1000),
            "database_blocks": per(start.blocks, middle.blocks, QUESTIONS),
        },
        "document": {
            "chunks": chunks,
            "batches": calls["EmbedChunksFunction"],
            "states_entered": states_entered(histories[0]),
            "database_cpu_ms": per(middle.database_cpu_s, end.database_cpu_s, DOCUMENTS, 1000),
            "database_log_bytes": per(middle.log_position, end.log_position, DOCUMENTS),
        },
        "log_bytes_of_an_invocation": _log_bytes(endpoint, since_ms),
        "idle_session_s": _idle_session_s(product.stack.dsn),
    }


def _warmed_up(product: Product) -> dict[str, float]:
    """CPU seconds of each function's first call, in a process of its own; every other call finds it warm."""
    product.upload(0, sections=ONE_BATCH)
    product.ask(0)
    cold = function_cpu_s()
    product.upload(1)
    for number in range(3):
        product.ask(number)
    return cold


def _warm(start: Snapshot, middle: Snapshot, end: Snapshot, calls: Counter[str]) -> dict[str, float]:
    """CPU seconds of a call: of the functions that a document takes, and of those that a question takes."""
    of_questions, of_documents = spent_between(start, middle), spent_between(middle, end)
    by_document = calls + Counter(("StartIngestionFunction", "UploadDocumentFunction"))
    warm = {name: of_documents[name] / (DOCUMENTS * count) for name, count in by_document.items()}
    asking = ("AuthorizeRequestFunction", "QueryKnowledgeFunction")
    return warm | {name: of_questions[name] / QUESTIONS for name in asking}


def _waited(
    steps: list[dict[str, float]], asked: list[tuple[float, int]], uploaded: list[tuple[float, str]]
) -> dict[str, float]:
    """Seconds that whoever calls a function waits for it, the gateway and the authorizer among them."""
    waited = {name: statistics.median(step[name] for step in steps) for name in steps[0]}
    waited["UploadDocumentFunction"] = statistics.median(spent for spent, _ in uploaded)
    waited["QueryKnowledgeFunction"] = statistics.median(spent for spent, _ in asked)
    return waited


def spent_between(before: Snapshot, after: Snapshot) -> dict[str, float]:
    return {name: cpu_s - before.function_cpu_s.get(name, 0.0) for name, cpu_s in after.function_cpu_s.items()}


def per(before: float, after: float, count: int, scale: float = 1) -> float:
    return round((after - before) / count * scale, 1)


def _idle_session_s(dsn: str) -> float | None:
    """After which the server closes the connection of a frozen function; None where it never does."""
    database = Database(lambda: database_dsn({"dsn": dsn}, login=""))
    with database.transaction() as transaction:
        setting = transaction.count("SELECT setting::int FROM pg_settings WHERE name = 'idle_session_timeout'")
    database.close()
    return setting / 1000 or None


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        measured = measure(Product(stack, client, client.create_base("measured")))
    write(measured)


def write(measured: dict[str, Any]) -> None:
    """Over what the file says of the same; functions that were not measured now keep their times."""
    known = json.loads(FILE.read_text("utf-8"))
    functions = dict(sorted((known["functions"] | measured["functions"]).items()))
    text = json.dumps(known | measured | {"functions": functions}, indent=2) + "\n"
    FILE.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
