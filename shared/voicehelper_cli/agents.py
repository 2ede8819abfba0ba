"""Commands ``voicehelper agent …``: have a task carried out, watch it, decide on its calls, cancel and resume it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import Api, CliError
from voicehelper_cli.output import Options, api, out, show, show_table
from voicehelper_cli.texts import text

POLL_S: Final = 0.5
EXIT_FAILED: Final = 1
MAX_LINE: Final = 200
app = typer.Typer(no_args_is_help=True, help="Tasks of several steps over your documents.")

TaskArgument = Annotated[str, typer.Argument(help="Id of the task.")]


@app.command("run")
def run_task(
    task: str,
    tools: Annotated[list[str] | None, typer.Option("--tool", "-t", help="A tool it may use; repeat for more.")] = None,
    base: Annotated[str, typer.Option("--base", "-b", help="Search only this knowledge base.")] = "",
    mode: Annotated[str, typer.Option(help="plan_execute or react.")] = "plan_execute",
    max_steps: Annotated[int, typer.Option(min=1, max=50, help="Most steps, the report included.")] = 15,
    reflect: Annotated[bool, typer.Option(help="Ask again for what was not found.")] = True,
) -> None:
    """Have a task carried out, and watch its steps."""
    service = api()
    body: dict[str, Any] = {"task": task, "mode": mode, "max_steps": max_steps, "enable_reflection": reflect}
    body |= ({"tools": tools} if tools else {}) | ({"kb_ids": [service.base_id(base)]} if base else {})
    accepted = service.call("POST", "/agent/execute", json=body, headers={"prefer": "respond-async"})
    _end(_follow(service, accepted["task_id"]))


@app.command("show")
def show_task(task_id: TaskArgument) -> None:
    """Show a task with its plan, its steps and its report."""
    task = api().call("GET", f"/agent/tasks/{task_id}")
    show(task, *plan_lines(task), *map(item_line, task["execution_trace"]), *report_lines(task))


@app.command("watch")
def watch_task(task_id: TaskArgument) -> None:
    """Follow a task until it ends."""
    _end(_follow(api(), task_id))


@app.command("list")
def list_tasks(status: Annotated[str, typer.Option(help="Only tasks in this state.")] = "") -> None:
    """List your tasks, newest first."""
    tasks = list(api().pages(f"/agent/tasks?status={status}" if status else "/agent/tasks"))
    rows = [(item["task"][:60], item["status"], f"{item['progress']} %", item["task_id"]) for item in tasks]
    show_table(tasks, ("task", "status", "done", "id"), rows)


@app.command("cancel")
def cancel_task(task_id: TaskArgument) -> None:
    """Cancel a task: the step under way is its last."""
    task = api().call("DELETE", f"/agent/tasks/{task_id}")
    show(task, (text("task_cancelled"), ""))


@app.command("resume")
def resume_task(task_id: TaskArgument) -> None:
    """Go on with a task that failed, was cancelled or took too long."""
    service = api()
    service.call("POST", f"/agent/tasks/{task_id}/resume")
    _end(_follow(service, task_id))


@app.command("approve")
def approve(task_id: TaskArgument, comment: Annotated[str, typer.Option(help="Kept with the decision.")] = "") -> None:
    """Approve the call that the task waits for, and watch it go on."""
    _decide(task_id, "approve", comment)


@app.command("deny")
def deny(task_id: TaskArgument, comment: Annotated[str, typer.Option(help="Kept with the decision.")] = "") -> None:
    """Deny the call that the task waits for; it goes on without it."""
    _decide(task_id, "deny", comment)


def _decide(task_id: str, decision: str, comment: str) -> None:
    service = api()
    approvals = service.call("GET", f"/agent/tasks/{task_id}/approvals")
    pending = next((approval["id"] for approval in approvals if approval["status"] == "pending"), None)
    if pending is None:
        raise CliError(text("nothing_to_decide"), exit_code=EXIT_FAILED)
    body = {"decision": decision, "comment": comment}
    service.call("POST", f"/agent/tasks/{task_id}/approvals/{pending}", json=body)
    _end(_follow(service, task_id))


def _follow(service: Api, task_id: str, pause: Callable[[float], object] = time.sleep) -> dict[str, Any]:
    """The task when it has ended or waits for a person; what happens meanwhile is printed as it happens."""
    seen, planned = 0, False
    while True:
        task: dict[str, Any] = service.call("GET", f"/agent/tasks/{task_id}")
        if task["plan"] and not planned:
            planned = True
            _print(plan_lines(task))
        _print([item_line(item) for item in task["execution_trace"][seen:]])
        seen = max(seen, len(task["execution_trace"]))
        if task["status"] != "running" or task["awaiting_approval"]:
            return task
        pause(POLL_S)


def _print(lines: Sequence[tuple[str, str]]) -> None:
    for line, style in lines if not Options.as_json else ():
        out.print(line, style=style, soft_wrap=True)


def _end(task: dict[str, Any]) -> None:
    show(task, *report_lines(task))
    if task["status"] in ("failed", "timed_out"):
        raise typer.Exit(EXIT_FAILED)


def plan_lines(task: dict[str, Any]) -> list[tuple[str, str]]:
    thought = [(task["thought"], "dim")] if task["thought"] else []
    steps = [(f"  {step['step']}. {step['description']}  ({step['tool']})", "dim") for step in task["plan"]]
    return [(text("plan"), "bold"), *thought, *steps]


def item_line(item: dict[str, Any]) -> tuple[str, str]:
    """One line for each item of the trace."""
    said = item["observation"] or item["thought"]
    brief = " ".join(said.split())
    brief = brief if len(brief) <= MAX_LINE else f"{brief[:MAX_LINE]}…"
    return f"{'✗' if item['error'] else '✓'} {item['step']}. {item['action']}  {brief}", "red" if item["error"] else ""


def report_lines(task: dict[str, Any]) -> list[tuple[str, str]]:
    waits = [(f"→ {text('decide', id=task['task_id'])}", "yellow")] if task["awaiting_approval"] else []
    failed = [(task["error"]["message"], "red")] if task["error"] else []
    stats = task["stats"]
    took = text("task_took", seconds=stats["execution_time"], calls=stats["tool_calls"], cost=stats["total_cost"])
    report = [(f"\n{task['final_result']}", "")] if task["final_result"] else []
    return [*report, *failed, *waits, (took, "dim")]
