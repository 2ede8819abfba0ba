"""Files with a few bytes changed, cut or doubled: parsed, or refused with the parser's own reason."""

from __future__ import annotations

import io
import itertools
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.sandbox import parse_in_child

from tests.attack.conftest import Count
from tests.attack.sample_files import SAMPLES

TIME_LIMIT_S: Final = 20.0


@pytest.fixture
def mutants_wanted(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--mutants"))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_damaged_file_ends_with_a_reason(
    tmp_path: Path, name: str, count: Count, mutants_wanted: int, seed: int
) -> None:
    source, parsed = tmp_path / "source", tmp_path / "parsed"
    for number, mutant in enumerate(itertools.islice(mutants(SAMPLES[name](), f"{name}{seed or ''}"), mutants_wanted)):
        source.write_bytes(mutant)
        reason, explanation = _outcome(source, parsed, name)
        assert reason not in ("timed_out", "too_large_unpacked"), f"mutant {number}: {explanation}"
        assert "ended with status" not in explanation, f"mutant {number}: an exception that nobody caught"
    count("mutated files", mutants_wanted)


def _outcome(source: Path, parsed: Path, name: str) -> tuple[str, str]:
    """Reason and explanation of a rejection; empty for a file that was parsed."""
    try:
        parse_in_child(source, parsed, filename=name, time_limit_s=TIME_LIMIT_S)
    except RejectedError as error:
        return error.reason, str(error)
    return "", ""


def mutants(original: bytes, seed: str) -> Iterator[bytes]:
    """Without end, the same ones for a seed; in packed formats half of them damage one part of a whole archive."""
    rng = random.Random(seed)
    packed = zipfile.is_zipfile(io.BytesIO(original))
    for number in itertools.count():
        yield _with_damaged_part(original, rng) if packed and number % 2 else _damaged(original, rng)


def _with_damaged_part(archive: bytes, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        victim = rng.choice(names)
        for name in names:
            content = source.read(name)
            target.writestr(name, _damaged(content, rng) if name == victim and content else content)
    return buffer.getvalue()


def _damaged(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        _damage(changed, rng)
    return bytes(changed)


def _damage(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    length = rng.choice((1, 4, 64, 1024))
    piece = data[start : start + length]
    match rng.randrange(5):
        case 0:
            data[start : start + length] = rng.randbytes(len(piece))
        case 1:
            del data[start : start + length]
        case 2:
            data[start:start] = piece * 3
        case 3:
            data[start:start] = rng.choice((b"\x00", b"\xff\xfe", b"-1", b"99999999999999999999", b"<", b"&x;", b"NaN"))
        case _:
            del data[max(1, start) :]
