"""After `sam build`: each function with its layers, unzipped, against Lambda's 250 MB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any, Final

from infra.cost import read_template
from infra.local.paths import BUILD

LIMIT_BYTES: Final = 250 * 1024 * 1024


@functools.cache
def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def function_sizes(template: dict[str, Any]) -> dict[str, int]:
    """Bytes of code and layers together, by logical id."""
    common = template["Globals"]["Function"]["Layers"]
    functions = {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}
    return {
        name: sum(size_bytes(BUILD / str(node)) for node in [*common, *resource["Properties"].get("Layers", [])])
        + size_bytes(BUILD / name)
        for name, resource in functions.items()
    }


def main() -> int:
    sizes = function_sizes(read_template())
    missing = [name for name, size in sizes.items() if not size]
    if missing:
        sys.stderr.write(f"{missing[0]} is not built; run `make build`\n")
        return 1
    name, largest = max(sizes.items(), key=lambda item: item[1])
    sys.stdout.write(f"largest function with its layers: {name}, {largest / 1024**2:.0f} of 250 MB\n")
    return 1 if largest > LIMIT_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
