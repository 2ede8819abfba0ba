"""An answer as JSON and back. Links are no part of it: they are signed anew whenever an answer is shown."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from voicehelper.answering.events import Answered, SourcePassage, Usage
from voicehelper.errors import VoiceHelperError
from voicehelper.index.chunk import Place, place_values
from voicehelper.index.passage import Passage
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.trace import Trace


class StoredFormError(VoiceHelperError):
    """The text is not what ``answer_to_json`` writes, such as that of another version."""


def answer_to_json(answered: Answered) -> str:
    """Without the trace, the duration and what it cost: those are of the question that was answered then."""
    kind = answered.classification
    values = {
        "text": answered.text,
        "status": answered.status,
        "confidence": answered.confidence,
        "classification": [kind.type, kind.complexity, kind.strategy],
        "model": answered.usage.model,
        "sources": [_source_values(source) for source in answered.sources],
        "closest": [_source_values(source) for source in answered.closest],
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def answer_from_json(text: str) -> Answered:
    """With an empty trace, and nothing spent. StoredFormError for anything else than a stored answer."""
    try:
        return _answered(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoredFormError(f"{type(error).__name__}: {error}") from error


def _answered(values: dict[str, Any]) -> Answered:
    return Answered(
        text=values["text"],
        sources=[_source(source) for source in values["sources"]],
        classification=Classification(*values["classification"]),
        usage=Usage(values["model"]),
        trace=Trace(),
        total_s=0.0,
        status=values["status"],
        confidence=values["confidence"],
        closest=[_source(source) for source in values["closest"]],
    )


def _source_values(source: SourcePassage) -> dict[str, Any]:
    """What a source shows of its passage; what the search knew of it is not shown."""
    passage = source.passage
    return {
        "chunk_id": str(passage.chunk_id),
        "document_id": str(passage.document_id),
        "title": passage.title,
        "text": passage.text,
        "place": place_values(passage.place),
        "heading_path": passage.heading_path,
        "score": passage.score,
        "filename": source.filename,
        "quote": source.quote,
        "is_cited": source.is_cited,
    }


def _source(values: dict[str, Any]) -> SourcePassage:
    passage = Passage(
        chunk_id=UUID(values["chunk_id"]),
        document_id=UUID(values["document_id"]),
        title=values["title"],
        text=values["text"],
        place=Place(**values["place"]),
        heading_path=tuple(values["heading_path"]),
        score=values["score"],
    )
    return SourcePassage(passage, values["filename"], values["quote"], values["is_cited"])
