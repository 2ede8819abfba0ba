"""Visits the nodes of a page in document order.

Entry function: ``walk``, called by ``measure``, ``content`` and ``grid``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode


def _enters_all(_node: LexborNode) -> bool:
    return True


def walk(root: LexborNode, enters: Callable[[LexborNode], bool] = _enters_all) -> Iterator[tuple[LexborNode, bool]]:
    """(node, True) on entering and (node, False) on leaving, without recursion: pages nest deeper than the stack.

    The content of an element that ``enters`` refuses is not visited.
    """
    node: LexborNode | None = root
    while node is not None:
        yield node, True
        first_child = node.child if enters(node) else None
        if first_child is not None:
            node = first_child
            continue
        while node is not None:
            yield node, False
            if node.mem_id == root.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent
