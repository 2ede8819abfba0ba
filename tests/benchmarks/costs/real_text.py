"""Text that answers questions: the demo manual, among passages of the project's documentation and generated ones."""

from __future__ import annotations

import functools
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import psycopg
from voicehelper.index.chunk import Chunk
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parsed_document import parsed_from_json
from voicehelper.ingestion.sandbox import parse_in_child
from voicehelper.ingestion.steps.embed_chunks import embedding_text
from voicehelper.models.offline.embedder import OfflineEmbedder

from tests.benchmarks.costs.generated import BACKEND, fill
from tests.support.application import ROOT
from tests.support.bases import Base, create_document
from tests.support.client import Client

MANUAL = ROOT / "demo" / "yunti-t1-manual.pdf"
_OTHERS = (ROOT / "SECURITY.md", ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md")
_MOST_OTHERS = 20  # chunks; embedding more would only take longer

_ASKED = (
    "How long does the warranty of the Yunti T1 last?",
    "What does a steady red light mean?",
    "What does a blinking orange light mean?",
    "How often must the carbon filter be replaced?",
    "How often must the PP cotton filter be replaced?",
    "Which inlet pressure does the Yunti T1 need?",
    "Are filters covered by the warranty?",
    "云梯 T1 的整机保修期为多少个月？",
    "红灯常亮表示什么？",
    "反渗透滤芯多久更换一次？",
    "活性炭滤芯多久更换一次？",
    "服务热线是多少？",
)
_OPENINGS = {
    True: ("Please tell me: ", "Hello, ", "I would like to know: ", "Quick question: ", "Good morning. "),
    False: ("请问，", "你好，", "我想知道，", "麻烦问一下，", "早上好，"),
}


@functools.cache
def questions() -> list[str]:
    """All different, so that no cached vector answers; the next ones are other questions, not the same again."""
    openings = itertools.chain([("", "")], zip(_OPENINGS[True], _OPENINGS[False], strict=True))
    return [f"{opening[not text.isascii()]}{text}" for opening in openings for text in _ASKED]


def chunks_of_file(path: Path) -> list[Chunk]:
    with tempfile.TemporaryDirectory() as folder:
        parsed = Path(folder, "parsed.jsonl")
        parse_in_child(path, parsed, filename=path.name)
        return chunk_document(parsed_from_json(parsed.read_bytes()), uuid4())


@functools.cache
def _embedded() -> tuple[list[Chunk], list[object]]:
    chunks = chunks_of_file(MANUAL) + [chunk for path in _OTHERS for chunk in chunks_of_file(path)][:_MOST_OTHERS]
    return chunks, list(OfflineEmbedder().embed_passages([embedding_text(chunk) for chunk in chunks]))


def fill_with_answers(connection: psycopg.Connection[object], base: Base, count: int) -> None:
    """``count`` chunks: the real ones, and generated ones up to there; commits."""
    chunks, vectors = _embedded()
    document = create_document(connection, base, MANUAL.name)
    own = [replace(chunk, chunk_id=_own_id(document, n), sequence=n) for n, chunk in enumerate(chunks)]
    index, ref = base.index(connection), base.ref(document)
    index.replace_text(ref, BACKEND.prepare_text(own), {})
    index.add_vectors(ref, BACKEND.prepare_vectors(own, vectors))
    fill(connection, base, count - len(own))


def _own_id(document: UUID, number: int) -> UUID:
    return uuid5(document, str(number))


def base_with_answers(client: Client, dsn: str, size: int) -> str:
    """A base of the caller's own, filled behind the product's back."""
    kb_id = client.create_base(f"of_{size}")
    key = UUID(kb_id.removeprefix("kb-"))
    with psycopg.connect(dsn) as connection:
        tenant_id = connection.execute("SELECT tenant_id FROM knowledge_base WHERE id = %s", (key,)).fetchone()
        assert tenant_id
        fill_with_answers(connection, Base(tenant_id[0], key), size)
    return kb_id
