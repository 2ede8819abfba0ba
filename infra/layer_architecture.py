"""After `sam build`: which processor the layers' compiled code is for, by its ELF headers.

Lambda takes a layer of another architecture without a word; every function that imports from it fails at its start.
Entry: ``main`` for `make build`, ``foreign_files`` for the deployment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra import template
from infra.local.paths import BUILD

ARCHITECTURES: Final = ("x86_64", "arm64")
# e_machine of the header: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_MACHINES: Final = {62: "x86_64", 183: "arm64"}
_MACHINE_AT: Final = slice(18, 20)


def architecture_of(file: Path) -> str | None:
    """As Lambda names it; ``other`` for processors it does not have, None for a file that is no ELF."""
    with file.open("rb") as stream:
        header = stream.read(_MACHINE_AT.stop)
    if not header.startswith(b"\x7fELF"):
        return None
    return _MACHINES.get(int.from_bytes(header[_MACHINE_AT], "little"), "other")


def compiled_files(build: Path = BUILD) -> Iterator[tuple[Path, str]]:
    """(file, architecture) of everything compiled in the built layers."""
    for name in template.read().layers():
        for file in sorted((build / name).rglob("*")):
            if file.is_file() and (found := architecture_of(file)):
                yield file, found


def foreign_files(architecture: str, build: Path = BUILD) -> list[Path]:
    """Files that functions of this architecture could not load."""
    return [file for file, found in compiled_files(build) if found != architecture]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architecture", choices=ARCHITECTURES)
    wanted = parser.parse_args(arguments).architecture
    foreign = foreign_files(wanted)
    for file in foreign[:3]:
        print(f"{file.relative_to(BUILD)} is not for {wanted}")
    print(f"{len(list(compiled_files()))} compiled files in the layers, {len(foreign)} not for {wanted}")
    return 1 if foreign else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
