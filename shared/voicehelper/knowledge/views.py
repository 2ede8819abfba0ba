"""Document rows as API models, with messages in the caller's language; ``functions/knowledge`` are the callers."""

from __future__ import annotations

from typing import Any

from voicehelper.knowledge.models import Coverage, Document, DocumentProgress, Problem
from voicehelper.knowledge.store import DocumentRow
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language


def document_status(row: DocumentRow, language: Language) -> DocumentProgress:
    return DocumentProgress(
        document_id=row.id,
        status=row.status,
        chunk_count=row.chunk_count,
        vector_count=row.vector_count,
        processing_time=show_duration(row.seconds),
        error=_error(row, language),
        superseded_by=row.superseded_by,
    )


def document_view(row: DocumentRow, language: Language) -> Document:
    return Document(
        id=row.id,
        knowledge_base_id=row.kb_id,
        filename=row.filename,
        size_bytes=row.size_bytes,
        metadata=row.metadata,
        status=row.status,
        stage=row.stage,
        version=row.version,
        superseded_by=row.superseded_by,
        chunk_count=row.chunk_count,
        vector_count=row.vector_count,
        coverage=_coverage(row),
        warnings=[shown_warning(warning, language) for warning in row.warnings],
        error=_error(row, language),
        created_at=row.created_at,
    )


def _coverage(row: DocumentRow) -> Coverage | None:
    """None until the document was parsed."""
    if row.pages_total is None or row.pages_with_text is None or row.characters is None:
        return None
    return Coverage(
        pages_total=row.pages_total,
        pages_with_text=row.pages_with_text,
        characters=row.characters,
        pages_recognised=row.pages_recognised,
    )


def _error(row: DocumentRow, language: Language) -> Problem | None:
    if row.status != "failed":
        return None
    return _problem(row.error_code or "upload_incomplete", language, row.error_details)


def shown_warning(warning: str, language: Language) -> Problem:
    """``warning`` is a code, or "code:pages" where it concerns some pages."""
    code, _, pages = warning.partition(":")
    return _problem(code, language, {"pages": pages})


def _problem(code: str, language: Language, details: dict[str, Any] | None = None) -> Problem:
    return Problem(code=code, message=message_for(code, language, details))


def show_duration(seconds: float) -> str:
    """As in "45s", "2m15s", "1h2m3s"; under a second it is "0s"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
