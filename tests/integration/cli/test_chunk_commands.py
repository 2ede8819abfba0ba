"""``voicehelper chunks``: what is listed, and what each option asks of the service."""

from __future__ import annotations

import json

import pytest

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service

CHUNK = "chunk-00000000-0000-0000-0000-000000000007"


def test_chunks_are_listed_with_their_text_in_one_line(signed_in: Command, service: Service) -> None:
    output = signed_in("chunks", "doc-1").stdout

    assert "Two years." in output
    assert "file" in output


@pytest.mark.parametrize(
    ("options", "sent", "shown"),
    [
        (["--edit", CHUNK, "--text", "Three."], {"content": "Three."}, "edited"),
        (["--edit", CHUNK, "--title", "T"], {"title": "T"}, "file"),
        (["--disable", CHUNK], {"enabled": False}, "disabled"),
        (["--enable", CHUNK], {"enabled": True}, "file"),
        (["--add", "--text", "More.", "--title", "T"], {"content": "More.", "title": "T"}, "added"),
    ],
)
def test_an_option_is_one_request(
    signed_in: Command, service: Service, options: list[str], sent: dict[str, object], shown: str
) -> None:
    result = signed_in("chunks", "doc-1", *options)

    method, path, body = service.requests[-1]

    assert (result.returncode, result.stdout) == (0, f"{CHUNK} · {shown}\n")
    assert method == ("POST" if "--add" in options else "PATCH")
    assert path.startswith("/knowledge/documents/doc-1/chunks")
    assert json.loads(body) == sent


def test_an_added_chunk_is_deleted(signed_in: Command, service: Service) -> None:
    assert signed_in("chunks", "doc-1", "--delete", CHUNK).returncode == 0

    assert service.requests[-1][:2] == ("DELETE", f"/knowledge/documents/doc-1/chunks/{CHUNK}")


@pytest.mark.parametrize(
    "options", [["--edit", CHUNK], ["--add"], ["--disable", CHUNK, "--enable", CHUNK], ["--add", "--title", "T"]]
)
def test_what_is_unclear_is_wrong_usage(signed_in: Command, options: list[str]) -> None:
    assert signed_in("chunks", "doc-1", *options).returncode == 2
