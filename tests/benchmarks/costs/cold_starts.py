"""What each function imports, its first answer aside, against a bare FastAPI and Mangum handler in the same run."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.costs.child import run_child
from tests.benchmarks.costs.figure import Figure
from tests.support.application import handler_files

RUNS = 5
BARE = "import fastapi, mangum; mangum.Mangum(fastapi.FastAPI(), lifespan='off')"
# Ratios to the bare handler that a function may reach, by what it needs.
PLAIN, STORAGE, AUTHORIZER, EMBEDDING, TOOL = 1.5, 2.2, 0.35, 2.4, 1.0
LIMITS = {
    "identity.authorize_request": AUTHORIZER,
    "retrieval.query_knowledge": EMBEDDING,
    "conversations.send_message": EMBEDDING,
    "tools.ask_knowledge": PLAIN,  # answers a question, with the database and the reader
    "knowledge.upload_document": STORAGE,
    "knowledge.open_document": STORAGE,
    "knowledge.retry_document": STORAGE,
    "knowledge.reindex_document": STORAGE,
    "knowledge.purge_content": STORAGE,
    "ingestion.parse_document": STORAGE,
    "ingestion.chunk_document": STORAGE,
    "ingestion.index_text": STORAGE,
    "ingestion.embed_chunks": STORAGE,
    "ingestion.index_vectors": STORAGE,
}
# What the handler's first call imports belongs to its cold start as well.
FIRST_CALL = {
    STORAGE: "; from voicehelper.resources import content; content()",
    EMBEDDING: "; from voicehelper.models.offline import encoder",
}
# The function that calls hosted models, with the openai client that its first call imports.
HOSTED = """import retrieval.call_model
from voicehelper.models.openai import chat, embedder
from voicehelper.models.openai.client import make_client
make_client("http://127.0.0.1:1/v1", "key").chat.completions"""
HOSTED_LIMIT = 3.0
_MEASURED = """
import time
started = time.process_time()
{code}
print(time.process_time() - started)
"""


def cpu_seconds(code: str) -> float:
    """CPU of running some imports in a fresh interpreter."""
    return float(run_child(_MEASURED.format(code=code)))


def interleaved(first: str, second: str) -> float:
    """second / first, each at its quickest, taken by turns: what makes a run slower is the machine's other work."""
    pairs = [(cpu_seconds(first), cpu_seconds(second)) for _ in range(RUNS)]
    return min(of_second for _, of_second in pairs) / min(of_first for of_first, _ in pairs)


def limit_of(function: str) -> float:
    """Of ``<domain>.<file>``, in bare handlers; a tool's function serves no HTTP."""
    return LIMITS.get(function, TOOL if function.startswith("tools.") else PLAIN)


def figures() -> Iterator[Figure]:
    cpu_seconds(BARE)  # bytecode is written once
    for path in handler_files():
        name = f"{path.parent.name}.{path.stem}"
        limit = limit_of(name)
        code = f"import {name}{FIRST_CALL.get(limit, '')}"
        cpu_seconds(code)
        yield Figure(f"import {name}", interleaved(BARE, code), most=limit)
    cpu_seconds(HOSTED)
    yield Figure("import retrieval.call_model, with its client", interleaved(BARE, HOSTED), most=HOSTED_LIMIT)
