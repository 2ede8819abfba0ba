"""``RedisCache``: what processes share in a Redis or Valkey, by its address; the L2 of ``caching``.

``resources`` builds a ``RedisServer`` where one is configured. A server that is away, slow or full of what others wrote
costs a caller ``WITHIN_S`` at most and is then left alone for a while: a failed read is a miss, and nothing is raised.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from voicehelper.errors import VoiceHelperError
from voicehelper.observability.logs import logger

if TYPE_CHECKING:
    import redis

WITHIN_S: Final = 0.1  # of a caller's time
LEFT_ALONE_S: Final = 10.0  # after a failure
MOST_BYTES: Final = 64 * 1024  # of a value, written or read
# Of each read of the socket in the thread beside the caller's: a connection that took longer than the caller waited is
# there for the next one.
_SOCKET_S: Final = 1.0
_CONNECTIONS: Final = 64
# Beside its own errors, what the client meets in replies of a server that speaks otherwise.
_MET: Final = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)

ResultT = TypeVar("ResultT")
ValueT = TypeVar("ValueT")
Login = Callable[[], tuple[str, str]]  # (user, password), asked for at each connection


class CacheAwayError(VoiceHelperError):
    """There is no answer now, or none will be asked for."""


@dataclass(slots=True)
class RedisServer:
    """Calls of a server, each in a thread of its own: no time-out of a socket bounds a look-up of a host, nor an answer
    that comes a byte at a time. ``url`` is redis:// or rediss://; without ``login`` it says itself who signs in.
    """

    url: str = field(repr=False)
    login: Login | None = field(default=None, repr=False)
    within_s: float = WITHIN_S
    clock: Callable[[], float] = time.monotonic
    _client: redis.Redis | None = field(default=None, init=False, repr=False)
    _alone_until: float | None = field(default=None, init=False)
    _is_connected: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def call(self, work: Callable[[redis.Redis], ResultT]) -> ResultT:
        """CacheAwayError if there is no result in time."""
        if self._alone_until is not None and self.clock() < self._alone_until:
            raise CacheAwayError("left alone")
        answer: Future[ResultT] = Future()
        if not self._is_connected:
            answer.add_done_callback(self._note_connection)
        try:
            client = self._client_once()
            threading.Thread(target=lambda: _settle(answer, lambda: work(client)), daemon=True).start()
            return answer.result(self.within_s)
        # An address that is none, a client that is not installed, a thread that cannot start, and what the thread met.
        except (TimeoutError, OSError, ValueError, ImportError, RuntimeError, CacheAwayError) as error:
            raise self._leave_alone(error) from None  # not chained: what it quotes would be logged with it

    def _leave_alone(self, error: Exception) -> CacheAwayError:
        reason = str(error) if isinstance(error, CacheAwayError) else type(error).__name__
        self._alone_until, self._is_connected = self.clock() + LEFT_ALONE_S, False
        logger().warning("cache left alone", extra={"explanation": reason})
        return CacheAwayError(reason)

    def _note_connection(self, answer: Future[ResultT]) -> None:
        """A handshake of TLS may take longer than a caller waits, and the next one finds the connection made."""
        if answer.exception() is None:
            self._alone_until, self._is_connected = None, True

    def _client_once(self) -> redis.Redis:
        """The client, which connects at its first call. Its import is not part of the time that a call may take."""
        with self._lock:
            if self._client is None:
                self._client = _client_of(self.url, self.login)
            return self._client


def _client_of(url: str, login: Login | None) -> redis.Redis:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    class Provider(redis.CredentialProvider):
        def get_credentials(self) -> tuple[str, str]:
            assert login
            return login()

    return redis.Redis.from_url(
        url,
        protocol=2,
        max_connections=_CONNECTIONS,
        socket_timeout=_SOCKET_S,
        socket_connect_timeout=_SOCKET_S,
        retry=Retry(NoBackoff(), 0),
        driver_info=None,  # two calls less at each connection
        credential_provider=Provider() if login else None,
    )


def _settle(answer: Future[ResultT], work: Callable[[], ResultT]) -> None:
    """Whatever else a reply leads the client to raise ends the thread, and the caller's wait with its time."""
    from redis import RedisError

    try:
        answer.set_result(work())
    except (RedisError, VoiceHelperError, *_MET) as error:
        answer.set_exception(CacheAwayError(type(error).__name__))


@dataclass(frozen=True, slots=True)
class RedisCache(Generic[ValueT]):
    """Implements ``SharedCache``. ``prefix`` keeps keys of different kinds and deployments apart.

    ``decode`` raises ValueError for what ``encode`` did not write, which is a miss; every value expires.
    """

    server: RedisServer
    prefix: str
    encode: Callable[[ValueT], bytes]
    decode: Callable[[bytes], ValueT]

    def read(self, key: Hashable) -> tuple[ValueT, float] | None:
        try:
            return self._decoded(*self.server.call(lambda client: _ask(client, f"{self.prefix}{key}")))
        except CacheAwayError:
            return None
        except (ValueError, TypeError, RecursionError) as error:
            logger().warning("cached value not readable", extra={"explanation": type(error).__name__})
            return None

    def _decoded(self, content: object, left_ms: object) -> tuple[ValueT, float] | None:
        """Nothing for what is missing, what never expires, what is too long and what is no text, as a list is none."""
        if not isinstance(content, bytes) or not isinstance(left_ms, int):
            return None
        if not 0 < len(content) <= MOST_BYTES or left_ms <= 0:
            return None
        return self.decode(content), left_ms / 1000

    def write(self, key: Hashable, value: ValueT, ttl: float) -> None:
        try:
            content = self.encode(value)
            if len(content) <= MOST_BYTES:
                self.server.call(lambda client: _tell(client, f"{self.prefix}{key}", content, ttl))
        except (CacheAwayError, ValueError) as error:
            logger().debug("value not cached", extra={"explanation": type(error).__name__})


def _ask(client: redis.Redis, name: str) -> tuple[object, object]:
    """(the value's beginning, since nobody knows how long it is; ms for which it stays), each an error if refused."""
    asked = client.pipeline(transaction=False)
    asked.getrange(name, 0, MOST_BYTES)
    asked.pttl(name)
    content, left_ms = asked.execute(raise_on_error=False)
    return content, left_ms


def _tell(client: redis.Redis, name: str, content: bytes, ttl: float) -> None:
    """A server that is full refuses to write, and is read all the same."""
    from redis import ResponseError

    with contextlib.suppress(ResponseError):
        client.set(name, content, px=max(1, int(1000 * ttl)))
