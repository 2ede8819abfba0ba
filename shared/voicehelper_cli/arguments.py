"""Command lines as people type them: global options anywhere, addresses without a scheme, any bytes.

Entry functions: ``readable``, ``globals_first`` and ``with_scheme``; ``main`` is the caller.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

FLAGS: Final = ("--json", "--version")
VALUES: Final = ("--url", "--key")


def readable(argument: str) -> str:
    """An argument that Python decoded with another encoding than the terminal's (LC_ALL=C), as UTF-8."""
    return os.fsencode(argument).decode("utf-8", "replace") if not argument.isascii() else argument


def globals_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with the global options before the command; after ``--`` everything stays where it is."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, others = [], []
    waiting = iter(arguments[:end])
    for argument in waiting:
        if argument in VALUES:
            options += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        elif argument in FLAGS or argument.startswith(tuple(f"{name}=" for name in VALUES)):
            options.append(argument)
        else:
            others.append(argument)
    return [*options, *others, *arguments[end:]]


def with_scheme(url: str) -> str:
    """``localhost:3000`` is meant as http://localhost:3000, ``help.example.com`` as https://help.example.com."""
    url = url.strip().rstrip("/")
    if "://" in url or not url:
        return url
    host = url.partition("/")[0]
    is_local = host.startswith(("localhost", "127.", "[", "0.0.0.0")) or ":" in host  # noqa: S104  (compared, not bound)
    return f"{'http' if is_local else 'https'}://{url}"
