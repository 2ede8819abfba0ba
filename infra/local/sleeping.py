"""A database that sleeps when idle, as Aurora does: a TCP proxy in front of the real one.

Entry: ``SleepingDatabase``, a context manager; the stack and tests use it. While it sleeps, a connection is accepted,
held until the time to wake is over, and served then.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_CHUNK = 1 << 16


class SleepingDatabase:
    """``dsn`` is the sleeping database's; ``awake_dsn`` the real one's, which neither wakes it nor waits."""

    def __init__(self, awake_dsn: str, *, wakes_in_s: float = 15.0, sleeps_after_s: float = 300.0) -> None:
        given = conninfo_to_dict(awake_dsn)
        self._target = (str(given["host"]), int(str(given["port"])))
        self._wakes_in_s, self._sleeps_after_s = wakes_in_s, sleeps_after_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sessions: set[asyncio.Task[None]] = set()
        self._awake_from: float | None = None  # None while it sleeps
        self._idle_since = 0.0
        self.awake_dsn, self.dsn = awake_dsn, ""
        self.wakings = 0

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self) -> Self:
        self._thread.start()
        port = self._run(self._listen()).result(10)
        self.dsn = make_conninfo(self.awake_dsn, host="127.0.0.1", port=port)
        return self

    def close(self) -> None:
        self.fall_asleep()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def fall_asleep(self) -> None:
        """Close every session and sleep at once, whatever is going on."""
        self._run(self._end_sessions()).result(10)

    def _run(self, work: object) -> Future[int]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    async def _end_sessions(self) -> int:
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        self._awake_from = None
        return 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = asyncio.current_task()
        assert session is not None
        self._wake()
        self._sessions.add(session)
        try:
            await self._hold()
            await connect_through(reader, writer, self._target)
        except (OSError, asyncio.CancelledError):
            pass  # the caller has left, or the database has fallen asleep
        finally:
            self._sessions.discard(session)
            self._idle_since = time.monotonic()
            writer.close()

    def _wake(self) -> None:
        now = time.monotonic()
        idle = not self._sessions and now - self._idle_since > self._sleeps_after_s
        if self._awake_from is None or (idle and self._awake_from < now):
            self._awake_from = now + self._wakes_in_s
            self.wakings += 1

    async def _hold(self) -> None:
        while self._awake_from is not None and (left_s := self._awake_from - time.monotonic()) > 0:
            await asyncio.sleep(left_s)


async def connect_through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: tuple[str, int]) -> None:
    """Copy both ways until one side ends. Raises OSError where nothing listens at the target."""
    their_reader, their_writer = await asyncio.open_connection(*target)
    copies = [
        asyncio.ensure_future(_copy(reader, their_writer)),
        asyncio.ensure_future(_copy(their_reader, writer)),
    ]
    try:
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for copy in copies:
            copy.cancel()
        their_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
