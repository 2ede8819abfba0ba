"""When a release is another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.release import release_sha

PARAMETERS = ["Stage=dev", "ServiceVersion=v1"]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in ("functions/a.py", "shared/voicehelper/b.py", "layers/base/requirements.txt", "template.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    return tmp_path


def test_the_same_sources_are_the_same_release(sources: Path) -> None:
    before = release_sha(PARAMETERS, sources)
    (sources / "shared" / "__pycache__").mkdir()
    (sources / "shared" / "__pycache__" / "b.pyc").write_bytes(b"x")
    (sources / "docs.md").write_text("x", "utf-8")

    assert release_sha(reversed(PARAMETERS), sources) == before
    assert release_sha(["Stage=dev", "ServiceVersion=v2"], sources) == before
    assert len(before) == 64


@pytest.mark.parametrize("name", ["functions/a.py", "shared/voicehelper/b.py", "layers/base/requirements.txt"])
def test_a_layer_or_a_function_that_changed_makes_another_release(sources: Path, name: str) -> None:
    before = release_sha(PARAMETERS, sources)
    (sources / name).write_text("changed", "utf-8")

    assert release_sha(PARAMETERS, sources) != before


def test_so_does_a_parameter_which_is_part_of_what_a_version_keeps(sources: Path) -> None:
    assert release_sha(["Stage=dev"], sources) != release_sha(["Stage=dev", "Recogniser=textract"], sources)


def test_a_file_that_moved_makes_another_release(sources: Path) -> None:
    before = release_sha(PARAMETERS, sources)
    (sources / "functions" / "a.py").rename(sources / "functions" / "c.py")

    assert release_sha(PARAMETERS, sources) != before
