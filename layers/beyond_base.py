"""Prints the pins of a layer that BaseLayer does not hold already: every function has that one, and 250 MB for all.

    python beyond_base.py models/requirements.txt base/requirements.txt

Imports nothing of the product: `sam build` runs it from a copy of this folder.
"""

from __future__ import annotations

import sys
from pathlib import Path


def pins(text: str) -> dict[str, str]:
    """Each pin's lines with their hashes, by name and version; a marker is for other places than Lambda."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line[:1].isalnum():
            name = line.split()[0]
            found[name] = ""
        if name and not line.lstrip().startswith("#"):
            found[name] += line
    return found


def beyond(own: str, base: str) -> str:
    held = pins(base)
    return "".join(lines for name, lines in pins(own).items() if name not in held)


if __name__ == "__main__":
    own, base = (Path(name).read_text("utf-8") for name in sys.argv[1:])
    sys.stdout.write(beyond(own, "" if sys.argv[1] == sys.argv[2] else base))
