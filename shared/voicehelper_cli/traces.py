"""Command ``voicehelper trace ID``: where the time of a request, a document or a task went, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import EXIT_NOT_FOUND, CliError
from voicehelper_cli.output import Options, err, out, show
from voicehelper_cli.texts import text
from voicehelper_cli.trace_sources import Traces, kept_traces, wanted_id, xray_traces
from voicehelper_cli.trace_tree import Node, lines_of, tree_of

_MOST: Final = 3  # traces that are drawn, the largest: a document is asked for its status many times
_CHECKOUT: Final = Path(__file__).resolve().parents[2]


def show_trace(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="Of a trace, a request, a document or a task.")],
    state: Annotated[
        Path | None,
        typer.Option(envvar="VOICEHELPER_STATE", help="The state folder of `make run`. Default: .local/state"),
    ] = None,
    from_aws: Annotated[bool, typer.Option("--aws", help="Read AWS X-Ray, with your own credentials.")] = False,
    region: Annotated[str, typer.Option(help="Of AWS; your configuration's by default.")] = "",
    hours: Annotated[int, typer.Option(min=1, max=720, help="How far back AWS is searched.")] = 24,
) -> None:
    """Draw what a request went through, with the time of each part. Times are in seconds."""
    traces = _found(wanted_id(wanted), state, from_aws=from_aws, region=region, hours=hours)
    if not traces:
        raise CliError(text("trace_unknown", id=wanted[:100]), hint=text("trace_hint"), exit_code=EXIT_NOT_FOUND)
    trees = [(tree_of(segments), trace_id) for trace_id, segments in traces.items()]
    trees = sorted(sorted(trees, key=_spans)[-_MOST:], key=_began_at)
    show([{"trace_id": trace_id, "segments": traces[trace_id]} for _, trace_id in trees])
    for nodes, trace_id in trees if not Options.as_json else ():
        _draw(nodes, trace_id)
    if more := len(traces) - len(trees):
        err.print(text("trace_more", more=more), style="dim")


def _found(wanted: str, state: Path | None, *, from_aws: bool, region: str, hours: int) -> Traces:
    if not wanted:
        return {}
    if from_aws:
        return _on_aws(wanted, region, hours)
    folders = [state] if state else [Path(".local/state"), _CHECKOUT / ".local" / "state"]
    for folder in folders:
        try:
            return kept_traces(folder / "traces", wanted)
        except OSError:
            continue
    raise CliError(text("trace_none_kept", folder=folders[0]), hint=text("trace_hint"))


def _on_aws(wanted: str, region: str, hours: int) -> Traces:
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise CliError(text("trace_needs_boto3"), hint="pip install boto3") from error
    make: Any = boto3.client
    try:
        return xray_traces(make("xray", region_name=region or None), wanted, hours=hours)
    except (BotoCoreError, ClientError) as error:
        raise CliError(text("trace_aws_refused", reason=error)) from error


def _spans(tree: tuple[Sequence[Node], str]) -> int:
    return len(tree[0])


def _began_at(tree: tuple[Sequence[Node], str]) -> float:
    return min(node.began_at for node in tree[0])


def _draw(nodes: Sequence[Node], trace_id: str) -> None:
    begun_at = min(node.began_at for node in nodes)
    ends = [node.began_at + node.took_s for node in nodes if node.took_s is not None]
    at = datetime.fromtimestamp(begun_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    failed = sum(bool(node.failure) for node in nodes)
    took_s = max(ends, default=begun_at) - begun_at
    out.print(text("trace_head", id=trace_id, at=at, seconds=f"{took_s:.3f}", spans=len(nodes), failed=failed))
    for line, style in lines_of(nodes):
        out.print(line, style=style, soft_wrap=True)
