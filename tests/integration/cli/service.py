"""A fake of the service over real sockets for the command line; it answers with the product's own models."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from voicehelper.answering.api import Metrics, QueryClassifier, RagResponse, RetrievalResponse, Source
from voicehelper.answering.diagnosis.api import Diagnosis, DiagnosisStage, ExpectedEvidence
from voicehelper.answering.events import Missing
from voicehelper.conversations.models import Conversation, ConversationDetails, Message, MessagePage
from voicehelper.knowledge.models import (
    ChunkView,
    DirectUpload,
    Document,
    KnowledgeBaseDetails,
    Problem,
    RestartAccepted,
    UploadAccepted,
)
from voicehelper.shapes.pages import Page

Answer = tuple[int, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = ("queued", "parsing", "embedding")


@dataclass
class Service:
    """State of the fake. ``requests`` are (method, path, body); ``forced`` responses take precedence over routes."""

    base_url: str = ""
    access_token: str = "first"
    bases: list[KnowledgeBaseDetails] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    chunks: list[ChunkView] = field(
        default_factory=lambda: [
            ChunkView(id=UUID(int=7), sequence=0, title="t", content="Two\nyears.", page=1, origin="file", enabled=True)
        ]
    )
    conversations: list[ConversationDetails] = field(default_factory=list)
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    languages: set[str] = field(default_factory=set)
    forced: dict[str, Answer] = field(default_factory=dict)
    waking: int = 0  # requests that still meet a sleeping database
    lock: threading.Lock = field(default_factory=threading.Lock)

    def posted(self, path: str) -> list[bytes]:
        return [body for method, requested, body in self.requests if (method, requested) == ("POST", path)]

    def tokens(self) -> dict[str, Any]:
        return {"access_token": self.access_token, "refresh_token": f"refresh-{self.access_token}"}


def user() -> dict[str, str]:
    return {"id": "usr-1", "email": "a@example.com", "username": "ann"}


def problem(code: str, message: str, **details: Any) -> dict[str, Any]:
    return {"code": code, "message": message} | ({"details": details} if details else {})


def page(items: list[Any], query: str) -> Page[Any]:
    """Two items a page whatever size is requested, so that clients must follow pages to the end."""
    requested = re.search(r"\bpage=(\d+)", query)
    number = int(requested.group(1)) if requested else 1
    shown = items[2 * number - 2 : 2 * number]
    return Page(items=shown, total=len(items), page=number, page_size=2, has_next=2 * number < len(items))


def create_base(service: Service, body: bytes, _: str) -> Answer:
    request = json.loads(body)
    base = KnowledgeBaseDetails(
        id=uuid4(), name=request["name"], display_name=request["display_name"], status="active",
        description="", embedding_model="e", document_count=0, chunk_count=0, created_at=NOW,
    )  # fmt: skip
    service.bases.append(base)
    return 201, base


def upload(service: Service, body: bytes, kb: str) -> Answer:
    """A file whose name holds "refused" is refused, "broken" fails, any other one is indexed."""
    direct = body.startswith(b"{")
    found = re.search(rb'"filename": ?"([^"]+)"' if direct else rb'filename="([^"]+)"', body)
    assert found
    name = found.group(1).decode()
    if "refused" in name:
        return 415, problem("UNSUPPORTED_MEDIA_TYPE", "no such kind of file")
    document = Document(
        id=uuid4(), knowledge_base_id=service.bases[0].id, filename=name, size_bytes=1, metadata={},
        status="processing", stage="queued", version=1, superseded_by=None, chunk_count=0,
        vector_count=0, coverage=None, warnings=[], error=None,
        created_at=NOW,
    )  # fmt: skip
    key = json.loads(document.model_dump_json())["id"]
    service.documents[key] = document
    if direct:
        target = f"{service.base_url}/storage"
        return 202, DirectUpload(document_id=document.id, upload_url=target, fields={"key": "k"}, expires_in=60)
    return 202, UploadAccepted(document_id=document.id, status="processing", message="accepted")


def get_document(service: Service, _: bytes, key: str) -> Answer:
    """Every request moves the document one stage further."""
    document = service.documents.get(key)
    if document is None:
        return 404, problem("DOCUMENT_NOT_FOUND", "no such document")
    if document.status == "processing":
        at = STAGES.index(document.stage) + 1
        service.documents[key] = _at_stage(document, at)
    return 200, document


def _at_stage(document: Document, at: int) -> Document:
    if at < len(STAGES):
        return document.model_copy(update={"stage": STAGES[at]})
    if "broken" in document.filename:
        return document.model_copy(update={"status": "failed", "error": Problem(code="FILE_DAMAGED", message="broken")})
    return document.model_copy(update={"status": "indexed", "stage": "finished", "chunk_count": 7})


SOURCE = Source(
    document_id=UUID(int=1), chunk_id=UUID(int=2), filename="[draft] manual.pdf", title="[Manual] one", page=12,
    quote="The warranty lasts 24 months.", content="…", score=0.91, cited=True, url="http://x/file#page=12",
)  # fmt: skip
OTHER_SOURCE = SOURCE.model_copy(update={"cited": False, "quote": "Something else.", "page": None})
AWAY: Mapping[str, Missing] = {"model": "chat_model", "engine": "search_engine"}


def ask(service: Service, body: bytes, _: str) -> Answer:
    metrics = Metrics(
        retrieval_latency=0.2, rerank_latency=0, generation_latency=0.3, total_latency=0.6, tokens_used=120,
        cost_usd=0.0036, cache_hit=False, compression_applied=False, self_rag_triggered=False,
    )  # fmt: skip
    kind = QueryClassifier(type="factual", complexity="low", strategy="hybrid")
    query = json.loads(body)["query"]
    refused = "unknown" in query
    return 200, RagResponse(
        answer="Sorry, I found nothing." if refused else f"About {query}: 24 months [1].",
        status="refused" if refused else "answered", confidence=0.2 if refused else 0.9,
        sources=[] if refused else [SOURCE, OTHER_SOURCE], closest=[OTHER_SOURCE] if refused else [],
        degraded=[name for word, name in AWAY.items() if word in query and "away" in query],
        metrics=metrics, features_used=[], query_classifier=kind, ignored_options=[],
    )  # fmt: skip


def retrieve(service: Service, body: bytes, _: str) -> Answer:
    """The page that answers comes second."""
    metrics = Metrics(
        retrieval_latency=0.2, rerank_latency=0, generation_latency=0, total_latency=0.2, tokens_used=0, cost_usd=0,
        cache_hit=False, compression_applied=False, self_rag_triggered=False,
    )  # fmt: skip
    passages = [OTHER_SOURCE, SOURCE.model_copy(update={"cited": False, "content": "It lasts 24 months."})]
    return 200, RetrievalResponse(
        passages=passages, metrics=metrics, legs=["words", "meaning"], degraded=[], ignored_options=[]
    )


def diagnose(service: Service, body: bytes, _: str) -> Answer:
    """Whatever is expected of a question with "lost" in it was lost in the fusion."""
    request = json.loads(body)
    lost = "lost" in request["query"]
    stages = [
        DiagnosisStage(name="chunking", rank=None, score=None, seconds=0, note="2 of the chunks hold it"),
        DiagnosisStage(name="fusion", rank=None if lost else 1, score=0.5, seconds=0.1, note="[kept]"),
    ]
    return 200, Diagnosis(
        found=not lost, lost_at="fusion" if lost else None, stages=stages, advice="Raise top_k.",
        expected=ExpectedEvidence(document_id=None, filename=None, chunk_ids=[]),
        status="answered", confidence=0.9, answer="24 months [1].",
    )  # fmt: skip


def change_chunk(service: Service, body: bytes, chunk_id: str) -> Answer:
    """The first chunk, as it would be."""
    values = json.loads(body)
    changed = {**service.chunks[0].model_dump(), **values}
    if "content" in values:
        changed["origin"] = "edited" if chunk_id else "added"
    service.chunks.append(ChunkView(**changed))
    return 200, service.chunks[-1]


def converse(service: Service, body: bytes, _: str) -> Answer:
    identity = uuid4()
    title = json.loads(body)["title"]
    service.conversations.append(
        ConversationDetails(id=identity, title=title, created_at=NOW, kb_id=None, updated_at=NOW)
    )
    return 201, Conversation(id=identity, title=title, created_at=NOW)


def message(role: Any, content: str) -> Message:
    answers = role == "assistant"
    return Message(
        id=uuid4(), conversation_id=UUID(int=1), role=role, content=content, sources=[SOURCE] if answers else [],
        status="answered" if answers else None, confidence=0.9 if answers else None, closest=[], degraded=[],
        created_at=NOW,
    )  # fmt: skip


def refresh(service: Service, body: bytes, _: str) -> Answer:
    if json.loads(body)["refresh_token"] != "refresh-first":
        return 401, problem("TOKEN_INVALID", "the session has ended")
    service.access_token = "second"
    return 200, service.tokens()


def sign_in(service: Service, body: bytes, _: str) -> Answer:
    if json.loads(body)["password"] != "Secret-123":
        return 401, problem("INVALID_CREDENTIALS", "wrong password")
    return 200, service.tokens() | {"user": user()}


Route = Callable[[Service, bytes, str], Answer]
OPEN: dict[str, Route] = {
    r"POST /auth/register": lambda *_: (201, user()),
    r"POST /auth/login": sign_in,
    r"POST /auth/refresh": refresh,
}
ROUTES: dict[str, Route] = {
    r"POST /auth/logout": lambda *_: (204, None),
    r"GET /users/me": lambda *_: (200, user()),
    r"POST /knowledge/bases": create_base,
    r"GET /knowledge/bases\?(.*)": lambda service, _, query: (200, page(service.bases, query)),
    r"DELETE /knowledge/bases/(.+)": lambda *_: (204, None),
    r"POST /knowledge/bases/(.+)/documents": upload,
    r"POST /knowledge/bases/(.+)/(?:retry|reindex)": lambda *_: (
        202, RestartAccepted(knowledge_base_id=UUID(int=1), embedding_model="m", documents=3),
    ),
    r"GET /knowledge/bases/.+/documents\?(.*)": lambda service, _, query: (
        200, page(list(service.documents.values()), query),
    ),
    r"GET /knowledge/documents/[^/]+/chunks\?(.*)": lambda service, _, query: (200, page(service.chunks[:1], query)),
    r"POST /knowledge/documents/[^/]+/chunks": change_chunk,
    r"PATCH /knowledge/documents/[^/]+/chunks/(.+)": change_chunk,
    r"GET /knowledge/documents/([^/]+)": get_document,
    r"DELETE /knowledge/documents/(.+)": lambda *_: (204, None),
    r"POST /knowledge/documents/(.+)/(?:retry|reindex)": lambda *_: (
        202, UploadAccepted(document_id=UUID(int=1), status="processing", message="accepted"),
    ),
    r"POST /rag/query": ask,
    r"POST /rag/diagnose": diagnose,
    r"POST /retrieval": retrieve,
    r"POST /conversations": converse,
    r"GET /conversations\?(.*)": lambda service, _, query: (200, page(service.conversations, query)),
    r"POST /conversations/.+/messages": lambda *_: (201, message("assistant", "24 months [1].")),
    r"GET /conversations/.+/messages\?.*": lambda *_: (
        200, MessagePage(items=[message("assistant", "Two years."), message("user", "How long?")], has_more=False),
    ),
    r"DELETE /conversations/(.+)": lambda *_: (204, None),
}  # fmt: skip


def respond(service: Service, call: str, body: bytes, authorization: str | None) -> Answer:
    bare = call.partition("?")[0]
    if service.waking:
        service.waking -= 1
        return 503, problem("DATABASE_STARTING", "the database is waking")
    if bare in service.forced:
        return service.forced[bare]
    for routes, needs_token in ((OPEN, False), (ROUTES, True)):
        for pattern, route in routes.items():
            if found := re.fullmatch(pattern, call):
                if needs_token and authorization != f"Bearer {service.access_token}":
                    return 401, problem("UNAUTHENTICATED", "sign in first")
                return route(service, body, found.group(1) if found.groups() else "")
    return 404, problem("NOT_FOUND", f"no route for {call}")


@contextlib.contextmanager
def running_service() -> Iterator[Service]:
    service = Service()

    class _Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            path = self.path.removeprefix("/api/v1")
            with service.lock:
                service.requests.append((self.command, path, body))
                service.languages.add(self.headers["accept-language"] or "")
                if path == "/storage":
                    status, payload = service.forced.get("storage", (204, None))
                else:
                    call = f"{self.command} {path}"
                    status, payload = respond(service, call, body, self.headers["authorization"])
            content = _encoded(payload)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            if status == 503:
                self.send_header("retry-after", "0")
            self.send_header("x-request-id", "req-1")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    service.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def _encoded(payload: Any) -> bytes:
    if payload is None or isinstance(payload, bytes):
        return payload or b""
    return payload.model_dump_json().encode() if isinstance(payload, BaseModel) else json.dumps(payload).encode()
