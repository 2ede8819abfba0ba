"""Page trees that loop: a damaged or hostile file in which a node is among its own descendants.

Entry function: ``has_loop``, called by ``document`` when pages repeat.
"""

from __future__ import annotations

import re

_KIDS = re.compile(rb"(\d{1,9})\s+\d+\s+obj\b(?:(?!endobj)[^\[]){0,300}?/Kids\s*\[([^\[\]]*)\]")
_REFERENCE = re.compile(rb"(\d{1,9})\s{1,9}\d{1,9}\s{1,9}R")


def has_loop(content: bytes) -> bool:
    """Only sees the part of the tree that is stored uncompressed."""
    kids = {
        int(node): [int(kid) for kid in _REFERENCE.findall(references)] for node, references in _KIDS.findall(content)
    }
    finished: set[int] = set()
    return any(start not in finished and _reaches_itself(start, kids, finished) for start in kids)


def _reaches_itself(start: int, kids: dict[int, list[int]], finished: set[int]) -> bool:
    """Depth-first search without recursion: meeting a node on the current path closes a loop."""
    on_path, stack = {start}, [(start, iter(kids[start]))]
    while stack:
        node, remaining = stack[-1]
        child = next((kid for kid in remaining if kid in kids and kid not in finished), None)
        if child is None:
            stack.pop()
            on_path.discard(node)
            finished.add(node)
        elif child in on_path:
            return True
        else:
            on_path.add(child)
            stack.append((child, iter(kids[child])))
    return False
