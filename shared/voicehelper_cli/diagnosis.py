"""Command ``voicehelper diagnose``: the stage at which a question lost its evidence, and what to change."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from voicehelper_cli.api import CliError
from voicehelper_cli.output import api, show
from voicehelper_cli.texts import text

EXIT_USAGE = 2


def diagnose(
    base: Annotated[str, typer.Argument(help="Name or id of the knowledge base.")],
    question: str,
    expect: Annotated[str, typer.Option("--expect", "-e", help="Text that the answer should rest on.")] = "",
    document: Annotated[
        str, typer.Option("--document", "-d", help="Name or id of the document that should answer.")
    ] = "",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="Number of sources.")] = 5,
    mode: Annotated[str, typer.Option(help="simple, hybrid or ultimate.")] = "ultimate",
) -> None:
    """Ask a question and find where its evidence was lost: name the text, the document, or both."""
    expected = {name: value for name, value in {"text": expect.strip(), **_document(document)}.items() if value}
    if not expected:
        raise CliError(text("nothing_expected"), hint=text("expect_something"), exit_code=EXIT_USAGE)
    service = api()
    body = {"query": question, "kb_id": service.base_id(base), "top_k": top_k, "mode": mode, "expected": expected}
    diagnosis = service.call("POST", "/rag/diagnose", json=body)
    show(diagnosis, *_lines(diagnosis))


def _document(name: str) -> dict[str, str]:
    return {"document_id" if name.startswith("doc-") else "filename": name.strip()}


def _lines(diagnosis: dict[str, Any]) -> list[tuple[str, str]]:
    lost = diagnosis["lost_at"]
    verdict = text("evidence_lost", stage=lost) if lost else text("evidence_cited")
    width = max(len(stage["name"]) for stage in diagnosis["stages"])
    stages = [(_stage(stage, width), "red" if stage["name"] == lost else "") for stage in diagnosis["stages"]]
    return [(verdict, "red" if lost else "green"), *stages, (f"→ {diagnosis['advice']}", "")]


def _stage(stage: dict[str, Any], width: int) -> str:
    """Name, rank, score and what happened; a stage without a rank leaves its place empty."""
    rank = "" if stage["rank"] is None else f"#{stage['rank']}"
    score = "" if stage["score"] is None else f"{stage['score']:.3f}"
    return f"  {stage['name']:<{width}}  {rank:>4}  {score:>7}  {stage['note']}"
