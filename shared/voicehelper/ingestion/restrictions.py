"""What a child process that reads a hostile file may not do; ``parser_server`` and the voice's child call it first."""

from __future__ import annotations

import resource
import sys
from typing import Any

_FORBIDDEN_EVENTS = frozenset(
    ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
)


def restrict_process(*, memory_limit_bytes: int, cpu_limit_s: int) -> None:
    """Limits of this process, which can neither open connections nor start programs afterwards."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit_bytes, memory_limit_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit_s, cpu_limit_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_outside_access)


def _refuse_outside_access(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN_EVENTS:
        raise PermissionError(event)
