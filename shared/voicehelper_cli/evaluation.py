"""Command ``voicehelper eval``: a user's own questions to the running service, and what changed since the last run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from voicehelper_cli.answers import BaseOption
from voicehelper_cli.api import EXIT_FAILED, Api, CliError
from voicehelper_cli.eval_questions import EvalQuestion, read_questions
from voicehelper_cli.eval_scores import DEPTH, Scored, figures, score
from voicehelper_cli.output import api, err, show
from voicehelper_cli.texts import text


@dataclass(frozen=True, slots=True)
class Changes:
    """Questions of this run that the last one judged otherwise."""

    became_right: list[str]
    became_wrong: list[str]


def evaluate(
    file: Annotated[Path, typer.Argument(help="One question a line, as JSON (docs/evaluation.md).")],
    base: BaseOption = "default",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="The k of recall@k, and the number of sources.")] = 5,
) -> None:
    """Ask the questions of a file and score passages and answers; says what changed since the last run."""
    questions = read_questions(file)
    service = api()
    base_id = service.base_id(base)
    results = list(_progress(questions, (_ask(service, base_id, question, top_k) for question in questions)))
    summary = figures(results, top_k)
    changes = _compare(_last_run(file).get(base, {}), results)
    report = {"base": base, "figures": summary, "changes": asdict(changes), "results": list(map(_shown, results))}
    show(report, *_lines(summary, changes, results))
    _store(file, base, summary, results)


def _progress(questions: Sequence[EvalQuestion], results: Iterator[Scored]) -> Iterator[Scored]:
    """Tells a terminal how far the run is."""
    with err.status("") as status:
        for number, result in enumerate(results, start=1):
            status.update(text("evaluated", done=number, total=len(questions)))
            yield result


def _ask(service: Api, base_id: str, question: EvalQuestion, top_k: int) -> Scored:
    """A question that the service refuses is an error of that question; the run goes on."""
    search = {"query": question.question, "kb_ids": [base_id], "top_k": max(top_k, DEPTH)}
    query = {"query": question.question, "kb_id": base_id, "top_k": top_k, "use_cache": False}
    try:
        passages = service.call("POST", "/retrieval", json=search)["passages"] if question.has_evidence else []
        return score(question, service.call("POST", "/rag/query", json=query), passages)
    except CliError as error:
        if error.exit_code != EXIT_FAILED:
            raise
        return Scored(question, is_right=False, error=str(error))


def _shown(result: Scored) -> dict[str, Any]:
    return {
        "line": result.question.line,
        "question": result.question.question,
        "right": result.is_right,
        "status": result.status or "error",
        "rank": result.rank,
        "f1": None if result.f1 is None else round(result.f1, 4),
        "holds_expected_text": result.holds,
        "cost_usd": result.cost_usd,
        "error": result.error or None,
    }


def _lines(summary: dict[str, Any], changes: Changes, results: Sequence[Scored]) -> list[tuple[str, str]]:
    width = max(map(len, summary))
    lines = [(f"{name:<{width}}  {_number(value)}", "") for name, value in summary.items()]
    lines += [(text("failed_line", line=r.question.line, reason=r.error), "red") for r in results if r.error]
    lines += [(f"+ {text('became_right', question=question)}", "green") for question in changes.became_right]
    lines += [(f"- {text('became_wrong', question=question)}", "red") for question in changes.became_wrong]
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _record_of(file: Path) -> Path:
    return file.with_suffix(".last.json")


def _last_run(file: Path) -> dict[str, Any]:
    """By base: the figures, and by question whether it was right. Empty without a run, or if its record is damaged."""
    try:
        bases = json.loads(_record_of(file).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    known = bases.items() if isinstance(bases, dict) else ()
    return {name: run for name, run in known if isinstance(run, dict) and isinstance(run.get("right"), dict)}


def _compare(last: dict[str, Any], results: Sequence[Scored]) -> Changes:
    before = last.get("right", {})
    changed = [r for r in results if r.question.question in before and before[r.question.question] != r.is_right]
    return Changes(
        [r.question.question for r in changed if r.is_right], [r.question.question for r in changed if not r.is_right]
    )


def _store(file: Path, base: str, summary: dict[str, Any], results: Sequence[Scored]) -> None:
    """What could not be asked keeps its judgement of the last run."""
    runs = _last_run(file)
    judged = {result.question.question: result.is_right for result in results if not result.error}
    runs[base] = {"figures": summary, "right": {**runs.get(base, {}).get("right", {}), **judged}}
    target = _record_of(file)
    try:
        target.write_text(json.dumps(runs, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        with contextlib.suppress(OSError):
            err.print(text("not_stored", path=target, reason=error.strerror), style="yellow", soft_wrap=True)
