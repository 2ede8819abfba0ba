"""Commands ``voicehelper ask`` and ``open``: an answer with its sources, and the page of one of them."""

from __future__ import annotations

import contextlib
import json
import webbrowser
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import EXIT_NOT_FOUND, CliError
from voicehelper_cli.output import Options, api, out, show
from voicehelper_cli.session import config_file, write_privately
from voicehelper_cli.texts import text

EXIT_NO_ANSWER: Final = 7

BaseOption = Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")]


def ask(
    question: str,
    base: BaseOption = "default",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="Number of sources.")] = 5,
    mode: Annotated[str, typer.Option(help="simple, hybrid or ultimate.")] = "ultimate",
    everything: Annotated[bool, typer.Option("--all", help="Show the sources that are not cited, too.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 7 if there is no answer.")] = False,
) -> None:
    """Ask a question. The answer cites its sources; `voicehelper open 1` opens the first."""
    service = api()
    body = {"query": question, "kb_id": service.base_id(base), "top_k": top_k, "mode": mode}
    answer = service.call("POST", "/rag/query", json=body)
    remember(answer["sources"] or answer["closest"])
    lines = [(f"\n{answer['answer']}\n", ""), *source_lines(answer, everything=everything)]
    show(answer, *lines, (_timings(answer["metrics"]), "dim"))
    if strict and answer["status"] != "answered":
        raise typer.Exit(EXIT_NO_ANSWER)


def source_lines(answer: dict[str, Any], *, everything: bool = False) -> list[tuple[str, str]]:
    """(line, rich style): the sources with their quotes, or what is nearest to a question that has no answer."""
    numbered = list(enumerate(answer["sources"], start=1))
    shown = [(number, source) for number, source in numbered if everything or source["cited"]]
    lines = [line for number, source in shown for line in _source(f"[{number}]", source)]
    if rest := len(numbered) - len(shown):
        lines.append((text("more_sources", count=rest), "dim"))
    if answer["closest"]:
        lines.append((text("closest"), "dim"))
        lines += [line for number, source in enumerate(answer["closest"], 1) for line in _source(f"({number})", source)]
    away = set(answer["degraded"])
    if "search_engine" in away:
        lines.append((text("search_engine_away"), "yellow"))
    if away - {"search_engine"}:
        lines.append((text("degraded"), "yellow"))
    return lines


def _source(mark: str, source: dict[str, Any]) -> list[tuple[str, str]]:
    page = f", {text('page', page=source['page'])}" if source["page"] is not None else ""
    quote = " ".join(source["quote"].split())
    return [(f"{mark} {source['filename'] or source['title']}{page}", ""), (f"    “{quote}”", "dim")]


def _timings(metrics: dict[str, Any]) -> str:
    return text(
        "timings",
        search=metrics["retrieval_latency"],
        answer=metrics["generation_latency"],
        total=metrics["total_latency"],
        tokens=metrics["tokens_used"],
        cost=metrics["cost_usd"],
    )


def remember(sources: Sequence[dict[str, Any]]) -> None:
    """The links of the last answer, for ``open``. They end after an hour."""
    links = [{"filename": source["filename"], "url": source["url"]} for source in sources]
    with contextlib.suppress(OSError):
        write_privately(config_file("answer.json"), json.dumps({"service": Options.url, "links": links}))


def open_source(number: Annotated[int, typer.Argument(min=1, help="The mark in the last answer.")] = 1) -> None:
    """Open the page that a mark of the last answer cites, and print its address."""
    try:
        links = json.loads(config_file("answer.json").read_text("utf-8"))["links"]
        link = links[number - 1]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise CliError(text("no_source", number=number), hint=text("ask_first"), exit_code=EXIT_NOT_FOUND) from error
    url = link["url"] if "://" in link["url"] else f"{Options.url}{link['url']}"
    show({**link, "url": url}, (url, ""))
    if out.is_terminal and not Options.as_json:
        webbrowser.open(url)
