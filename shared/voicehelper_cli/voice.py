"""Commands ``voicehelper say`` and ``listen``: text as a file of speech, and what is said in a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.answers import remember, source_lines
from voicehelper_cli.api import CliError
from voicehelper_cli.output import api, show
from voicehelper_cli.texts import text

FORMATS: Final = ("mp3", "wav", "ogg")


def say(
    words: Annotated[str, typer.Argument(metavar="TEXT")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .mp3, .wav or .ogg.")] = Path("speech.mp3"),
    voice: Annotated[str, typer.Option(help="By default one of the text's language.")] = "",
    rate: Annotated[str, typer.Option(help="-50% to +100%.")] = "+0%",
) -> None:
    """Write a text as speech into a file."""
    kind = output.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise CliError(text("unknown_format", name=output.name))
    body = {"text": words, "voice": voice, "rate": rate, "format": kind}
    content, headers = api().fetch("POST", "/voice/tts", json=body)
    try:
        output.write_bytes(content)
    except OSError as error:
        raise CliError(text("unwritable", path=output, reason=error.strerror)) from error
    seconds = int(headers.get("x-duration-ms", 0)) / 1000
    result = {"file": str(output), "duration_ms": round(seconds * 1000), "provider": headers.get("x-provider", "")}
    show(result, (text("said", path=output, seconds=f"{seconds:.1f}"), ""))


def listen(
    file: Path,
    ask: Annotated[str, typer.Option(help="Ask this knowledge base what was said.")] = "",
    language: Annotated[str, typer.Option(help="zh-CN, en or auto.")] = "auto",
) -> None:
    """Write down what is said in a recording, and maybe ask it."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CliError(text("unreadable", path=file, reason=error.strerror)) from error
    service = api()
    heard = service.call("POST", "/voice/asr", files={"file": (file.name, content)}, data={"language": language})
    if not ask:
        show(heard, *_lines(heard))
        return
    body = {"query": heard["text"], "kb_id": service.base_id(ask)}
    answer = service.call("POST", "/rag/query", json=body)
    remember(answer["sources"] or answer["closest"])
    both = {"question": heard, "answer": answer}
    show(both, (heard["text"], "dim"), (f"\n{answer['answer']}\n", ""), *source_lines(answer))


def _lines(heard: dict[str, Any]) -> list[tuple[str, str]]:
    if len(heard["segments"]) == 1:
        return [(heard["text"], "")]
    return [(f"{_clock(part['start_ms'])}  {part['text']}", "") for part in heard["segments"]]


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}"
