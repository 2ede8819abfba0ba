"""Every real document and hostile file ends as expected, and known answers are in chunks with the expected place.

The files are not part of the project: they are read from VOICEHELPER_DATA (default: ../shared/data).
"""

from __future__ import annotations

import functools
import json
import os
import unicodedata
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Chunk
from voicehelper.ingestion.chunking import MAX_TOKENS, chunk_document
from voicehelper.ingestion.filenames import BadNameError, clean_filename
from voicehelper.ingestion.parsed_document import parsed_from_json
from voicehelper.ingestion.sandbox import parse_in_child
from voicehelper.messages.catalogue import codes

DATA = Path(os.environ.get("VOICEHELPER_DATA") or Path(__file__).parents[4] / "shared" / "data")
FILES, BAD = DATA / "documents" / "files", DATA / "documents" / "bad"
NO_TEXT = {"hdfs_design_cn.pdf", "FlowInvoice使用手册.pdf", "nemotron_multipage.pdf", "采购合同_扫描件.pdf"}
NO_TEXT |= {"MEDRPT-2024-PAT-3847_medical_report_scan.pdf"}

pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason=f"no document set under {DATA}")


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


BAD_FILES = lines_of(BAD / "bad.jsonl")
QUESTIONS = [q for q in lines_of(DATA / "documents" / "questions.jsonl") if q["answers"]]


def outcome_of(path: Path, name: str, folder: Path) -> tuple[str, list[str]]:
    """(failure code or "indexed", warnings) of a file as the pipeline would treat it."""
    try:
        coverage = parse_in_child(path, folder / "parsed.jsonl", filename=clean_filename(name))
    except RejectedError as error:
        return error.reason, []
    chunks = chunk_document(parsed_from_json((folder / "parsed.jsonl").read_bytes()), UUID(int=1))
    assert chunks
    assert max(chunk.token_count for chunk in chunks) <= MAX_TOKENS
    return "indexed", coverage["warnings"]


@pytest.mark.parametrize("case", BAD_FILES, ids=lambda case: str(case["file"]))
def test_a_hostile_file_has_the_expected_outcome(
    case: dict[str, Any], hostile_files: dict[str, Path], tmp_path: Path
) -> None:
    path = hostile_files[case["file"]]
    if case["expected"] == "rejected":
        assert_rejected(case, path)
        return
    code, warnings = outcome_of(path, case["upload_name"], tmp_path)
    if case["expected"] == "failed":
        assert code == case["reason"]
        assert code in codes("ingestion")
        return
    assert code == "indexed"
    assert (case["reason"] in warnings) if case["expected"] == "indexed_with_warning" else not warnings
    assert set(warnings) <= codes("ingestion")


def assert_rejected(case: dict[str, Any], path: Path) -> None:
    if case["reason"] == "empty_file":
        assert path.stat().st_size == 0
        return
    with pytest.raises(BadNameError):
        clean_filename(case["upload_name"])


@pytest.mark.parametrize("path", sorted(FILES.iterdir()) if FILES.is_dir() else [], ids=lambda path: path.name)
def test_a_real_document_is_indexed_or_rejected_with_a_reason(path: Path, tmp_path: Path) -> None:
    code, _ = outcome_of(path, path.name, tmp_path)
    is_picture = path.suffix in (".png", ".jpg", ".jpeg")
    expected = {".epub": "unsupported_type"}.get(
        path.suffix, "no_text" if is_picture or path.name in NO_TEXT else "indexed"
    )
    assert code == expected


@functools.cache
def chunks_of(name: str) -> list[Chunk]:
    from voicehelper.ingestion.parse import parse_document

    return chunk_document(parse_document((FILES / name).read_bytes(), name), UUID(int=1))


def flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_at(chunk: Chunk, where: dict[str, Any] | None) -> bool:
    place, where = chunk.place, where or {}
    if "page" in where or "slide" in where:
        return place.page == where.get("page", where.get("slide"))
    if "row" in where:
        rows = range(place.first_row or 0, (place.last_row or 0) + 1)
        return where["row"] in rows and where.get("sheet") == place.sheet
    if "heading" in where:
        return flat(where["heading"]) in map(flat, chunk.heading_path)
    return place.attachment == where.get("attachment")


def has_answer(question: dict[str, Any]) -> bool:
    text = "\n".join(flat(chunk.text) for chunk in chunks_of(question["file"]) if is_at(chunk, question["where"]))
    present = [flat(answer) in text for answer in question["answers"]]
    return any(present) if question["kind"] == "cross_language" else all(present)


def test_known_answers_are_in_chunks_of_their_place() -> None:
    questions = [q for q in QUESTIONS if q["kind"] not in ("scan", "figure") and q.get("checked") != "by_eye"]
    missing = [(q["question_id"], q["file"], q["where"], q["answers"]) for q in questions if not has_answer(q)]
    print(f"{len(questions) - len(missing)} of {len(questions)} answers at their place; missing: {missing}")

    assert len(missing) <= 0.02 * len(questions), missing


def test_no_menu_script_or_hidden_text_is_indexed() -> None:
    text = "\n".join(chunk.text for chunk in chunks_of("关于办公区搬迁的通知.html"))

    assert not [word for word in ("不应被索引", "隐藏文字", "通知公告", "©") if word in text]


def test_running_headers_and_page_numbers_are_left_out() -> None:
    text = "\n".join(chunk.text for chunk in chunks_of("plant-operations-handbook.pdf"))

    assert "plant operations handbook" not in text
    assert "/ 60" not in text
    assert text.count("Procedure for") == 60


@pytest.mark.parametrize("path", sorted((DATA / "dev-pdf" / "pdf").glob("*.pdf")), ids=lambda path: path.name)
def test_a_financial_report_keeps_its_pages(path: Path, tmp_path: Path) -> None:
    assert outcome_of(path, path.name, tmp_path)[0] == "indexed"
