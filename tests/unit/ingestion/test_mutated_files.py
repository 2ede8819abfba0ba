"""Damaged files end as parsed or refused with a reason, and never as an exception that nobody expects."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import parse_document
from voicehelper.messages.catalogue import codes

from tests.unit.ingestion.made_files import FILES, SENTENCE, with_parts
from tests.unit.ingestion.samples import texts

MUTATIONS = 130  # of each file
_VALUE = re.compile(rb'="([^"<>]{1,12})"')
_NUMERIC_VALUE = re.compile(rb'([:\w]+)="-?[0-9]+(?:\.[0-9]+)?"')
_ODD_VALUES = (
    b"",
    b"-1",
    b"NaN",
    b"x",
    "²".encode(),
    "٣".encode(),
    b"99999999999999999999",
    b"1e400",
    b"0x1F",
    b"  7 ",
)
_PIECES = (b"\0", b"\xff\xfe", b"<", b"]]>", b"&#xD800;", b"\xed\xa0\x80", b"<!DOCTYPE a>", b"(", b"=?utf-8?b?/w==?=")


def flip(content: bytes, randomness: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(randomness.randint(1, 8)):
        changed[randomness.randrange(len(changed))] = randomness.randrange(256)
    return bytes(changed)


def cut(content: bytes, randomness: random.Random) -> bytes:
    start, end = sorted(randomness.randrange(len(content)) for _ in range(2))
    return content[:start] + content[end:] if randomness.random() < 0.5 else content[: max(start, 1)]


def insert(content: bytes, randomness: random.Random) -> bytes:
    at = randomness.randrange(len(content))
    return content[:at] + randomness.choice(_PIECES) * randomness.randint(1, 3) + content[at:]


def replace_values(content: bytes, randomness: random.Random) -> bytes:
    def odd(match: re.Match[bytes]) -> bytes:
        return b'="' + randomness.choice(_ODD_VALUES) + b'"' if randomness.random() < 0.2 else match[0]

    return _VALUE.sub(odd, content)


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, cut, insert, replace_values)


def mutate(content: bytes, randomness: random.Random) -> bytes:
    """A change of the file's bytes, or of one part inside an archive, which its checksum would otherwise hide."""
    change = randomness.choice(CHANGES)
    if not content.startswith(b"PK") or randomness.random() < 0.3:
        return change(content, randomness)
    share = randomness.choice((0.1, 1.0))

    def changed(_name: str, part: bytes) -> bytes:
        return change(part, randomness) if part and randomness.random() < share else part

    return with_parts(content, changed)


@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_is_parsed_or_refused(name: str) -> None:
    randomness = random.Random(f"{name} 1")
    reasons = set()
    for _ in range(MUTATIONS):
        try:
            parse_document(mutate(FILES[name], randomness), name)
        except RejectedError as error:
            reasons.add(error.reason)

    assert reasons <= set(codes("ingestion"))


@pytest.mark.parametrize("name", [name for name, content in FILES.items() if content.startswith(b"PK")])
@pytest.mark.parametrize("odd", _ODD_VALUES)
def test_numbers_that_are_none_lose_no_text(name: str, odd: bytes) -> None:
    def change(part: str, content: bytes) -> bytes:
        if part.endswith((".rels", "[Content_Types].xml")):
            return content
        return _NUMERIC_VALUE.sub(lambda match: _changed(match, odd), content)

    assert any(SENTENCE in text for text in texts(parse_document(with_parts(FILES[name], change), name)))


def _changed(match: re.Match[bytes], odd: bytes) -> bytes:
    """Ids, versions and encodings stay: they lead to the text."""
    structural = match[1] in (b"id", b"version", b"idx", b"spid") or match[1].endswith((b":id", b"Id"))
    return match[0] if structural else match[1] + b'="' + odd + b'"'


@pytest.mark.parametrize("part", ["word/styles.xml", "word/numbering.xml", "docProps/core.xml"])
def test_a_damaged_part_that_decorates_loses_no_text(part: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content[: len(content) // 2] if name == part else content

    parsed = parse_document(with_parts(FILES["a.docx"], change), "a.docx")

    assert any(SENTENCE in text for text in texts(parsed))


def test_a_bookmark_of_half_a_surrogate_pair_is_left_out_alone() -> None:
    content = FILES["a.pdf"]
    title = content.index(b"/Title (", content.index(b"/Outlines")) + len(b"/Title (")
    end = content.index(b")", title)
    half = b"\\376\\377\\330\\000\\000A"
    parsed = parse_document(content[:title] + half + content[end:], "a.pdf")

    assert any(SENTENCE in text for text in texts(parsed))


def test_a_damaged_archive_directory_is_corrupt() -> None:
    content = FILES["a.xlsx"]
    directory = content.rindex(b"PK\x01\x02")
    with pytest.raises((RejectedError, zipfile.BadZipFile)) as caught:
        parse_document(content[:directory] + b"\xff" * 40 + content[directory + 40 :], "a.xlsx")

    assert isinstance(caught.value, RejectedError)
    assert caught.value.reason == "corrupt"
