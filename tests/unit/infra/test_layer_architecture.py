"""A layer's compiled code is told by its ELF header, whatever its name says."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import template
from infra.layer_architecture import architecture_of, foreign_files

X86_64, AARCH64, RISC_V = 62, 183, 243
LAYER = next(iter(template.read().layers()))


def elf(machine: int) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + machine.to_bytes(2, "little") + bytes(40)


@pytest.mark.parametrize(
    ("content", "architecture"),
    [(elf(X86_64), "x86_64"), (elf(AARCH64), "arm64"), (elf(RISC_V), "other"), (b"import os\n", None), (b"", None)],
)
def test_the_header_says_the_processor(tmp_path: Path, content: bytes, architecture: str | None) -> None:
    file = tmp_path / "core.cpython-313-x86_64-linux-gnu.so"
    file.write_bytes(content)

    assert architecture_of(file) == architecture


def test_one_file_of_another_processor_is_found(tmp_path: Path) -> None:
    packages = tmp_path / LAYER / "python" / "package"
    packages.mkdir(parents=True)
    (packages / "fits.so").write_bytes(elf(AARCH64))
    (packages / "code.py").write_text("x = 1\n", "utf-8")
    (packages / "does_not.so.1").write_bytes(elf(X86_64))

    assert foreign_files("arm64", tmp_path) == [packages / "does_not.so.1"]
    assert foreign_files("x86_64", tmp_path) == [packages / "fits.so"]
