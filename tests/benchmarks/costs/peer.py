"""Answers without a model beside LlamaIndex on the same PostgreSQL: optional, because it installs the peer first.

    uv venv .local/peer && uv pip install --python .local/peer -r tests/benchmarks/costs/peer-requirements.txt
    python -m tests.benchmarks peer

The same generated passages, vectors and questions for both, and vectors handed over ready made: what is compared is
retrieval by both legs, their fusion and what stands around it. CPU seconds of the asking process and of the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
from voicehelper.models.offline.embedder import OfflineEmbedder

from infra.local.paths import LOCAL
from tests.benchmarks.costs.child import run_child
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.generated import fill, passage, question, vectors_of
from tests.support.bases import create_base
from tests.support.postgres import make_database, make_template, running_server

PYTHON = LOCAL / "peer" / "bin" / "python"
SCRIPT = Path(__file__).with_name("peer_llamaindex.py")
LIMITS = {1_000: 0.5, 10_000: 0.4}
ROUNDS, QUESTIONS = 3, 50

_OURS = """
import json, time
from uuid import UUID
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.events import final_answer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.retrieval.question import Question
given = json.load(sys.stdin)
class Ready:
    model, dimensions = given["model"], 384
    def embed_query(self, text):
        return given["vectors"][text]
database = Database(lambda: given["dsn"])
by = Answerer(Ready.model, Ready, PgvectorBackend(), OfflineAnswer(None))
def ask(text):
    tenant = TenantDatabase(database, UUID(given["tenant_id"]))
    return final_answer(answer_question(tenant, Question(text, [UUID(given["kb_id"])], "en"), by))
texts = list(given["vectors"])
[ask(text) for text in texts[:5]]
started = time.process_time()
[ask(text) for text in texts]
print()
print(json.dumps((time.process_time() - started) / len(texts)))
"""


def figures() -> Iterator[Figure]:
    if not PYTHON.exists():
        raise SystemExit(f"{PYTHON.parents[1]} is missing; tests/benchmarks/costs/peer.py says how to install it")
    with running_server() as server:
        make_template(server)
        for size, limit in LIMITS.items():
            yield from _of_size(server, size, limit)


def _of_size(server: str, size: int, limit: float) -> Iterator[Figure]:
    dsn = make_database(server)
    vectors = {question(n): [float(x) for x in vector] for n, vector in enumerate(vectors_of(QUESTIONS))}
    with psycopg.connect(dsn) as connection:
        base = create_base(connection, model=OfflineEmbedder.model)
        fill(connection, base, size)
        backend = psutil.Process(connection.info.backend_pid).parent()
        assert backend
    own = {"dsn": dsn, "tenant_id": str(base.tenant_id), "kb_id": str(base.kb_id), "model": OfflineEmbedder.model}
    given = json.dumps(own | {"vectors": vectors})
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "vectors.npy"), np.asarray(vectors_of(size), np.float32))
        Path(folder, "passages.json").write_text(json.dumps([passage(n) for n in range(size)]), "utf-8")
        Path(folder, "questions.json").write_text(json.dumps(vectors), "utf-8")
        peer_dsn = make_database(server)
        _peer(peer_dsn, folder, "fill")
        for filled in (dsn, peer_dsn):  # or the server would do so in the background, and be measured at it
            with psycopg.connect(filled, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        rounds = [
            (
                _with_server(backend, lambda: float(run_child(_OURS, sent=given))),
                _with_server(backend, lambda: _peer(peer_dsn, folder, "ask")),
            )
            for _ in range(ROUNDS)
        ]
    ours, theirs = (min(each) for each in zip(*rounds, strict=True))
    yield Figure(f"question without a model, {size} chunks, CPU", ours * 1000, "ms")
    yield Figure("... LlamaIndex on pgvector", theirs * 1000, "ms")
    yield Figure("... ours / LlamaIndex", ours / theirs, most=limit)


def _peer(dsn: str, folder: str, work: str) -> float:
    """CPU seconds a question of the peer's process; -P, because its packages import a module named as one of this folder."""
    command = [str(PYTHON), "-P", str(SCRIPT), dsn, folder, work]
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.splitlines()[-1])


def _with_server(postmaster: psutil.Process, ask: Callable[[], float]) -> float:
    """CPU seconds a question of the asking process and of the database together.

    The database's share is that of all its processes; a backend that has ended counts for its parent.
    """

    def server_seconds() -> float:
        times: Any = postmaster.cpu_times()
        living = sum(sum(child.cpu_times()[:2]) for child in postmaster.children())
        return float(times.children_user + times.children_system + living)

    before = server_seconds()
    own = ask()
    return own + (server_seconds() - before) / QUESTIONS
