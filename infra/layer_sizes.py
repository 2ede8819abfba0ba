"""After `sam build`: the unzipped size of each function with its layers, against Lambda's 250 MB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Final

from infra import template
from infra.local.paths import BUILD

LIMIT_BYTES: Final = 250 * 1024 * 1024


@functools.cache
def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def function_sizes() -> dict[str, int]:
    """Bytes of code and layers together, by logical id; `sam build` names its folders by logical id."""
    return {
        name: sum(size_bytes(BUILD / part) for part in [name, *function.layers])
        for name, function in template.read().functions().items()
    }


def main() -> int:
    sizes = function_sizes()
    missing = [name for name in sizes if not size_bytes(BUILD / name)]
    if missing:
        sys.stderr.write(f"{missing[0]} is not built; run `make build`\n")
        return 1
    name, largest = max(sizes.items(), key=lambda item: item[1])
    sys.stdout.write(f"largest function with its layers: {name}, {largest / 1024**2:.0f} of 250 MB\n")
    return 1 if largest > LIMIT_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
