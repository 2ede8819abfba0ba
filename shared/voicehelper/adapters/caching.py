"""``Caching``: values by key, kept in the process (L1) and in a store that processes share (L2), else fetched.

``get`` and the decorator ``cached`` are the entries. ``answering/cached.py`` keeps answers in an L1 of its own version
check, and has its L2 in PostgreSQL.
"""

from __future__ import annotations

import functools
import inspect
import string
import threading
import time
import urllib.parse
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar

DEFAULT_TTL_S: Final = 3600.0
DEFAULT_SIZE: Final = 1000

ParametersT = ParamSpec("ParametersT")
ResultT = TypeVar("ResultT")
ValueT = TypeVar("ValueT")
Clock = Callable[[], float]
# At most one value, since None is one, too.
Found = tuple[()] | tuple[ValueT]


class SharedCache(Protocol[ValueT]):
    """What several processes share. A failure of it is a miss or a write that was not made; it raises nothing."""

    def read(self, key: Hashable) -> tuple[ValueT, float] | None:
        """The value, and for how many seconds it remains valid."""

    def write(self, key: Hashable, value: ValueT, ttl: float) -> None: ...


class LocalCache(Generic[ValueT]):
    """The ``size`` most recently used values of a process, each until its TTL (seconds) has passed."""

    def __init__(self, size: int = DEFAULT_SIZE, clock: Clock = time.monotonic) -> None:
        self._size, self._clock = size, clock
        self._entries: OrderedDict[Hashable, tuple[ValueT, float]] = OrderedDict()
        self._lock = threading.Lock()

    def peek(self, key: Hashable) -> Found[ValueT]:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return ()
            if self._clock() >= entry[1]:
                del self._entries[key]
                return ()
            self._entries.move_to_end(key)
            return (entry[0],)

    def put(self, key: Hashable, value: ValueT, ttl: float = DEFAULT_TTL_S) -> None:
        with self._lock:
            self._entries[key] = value, self._clock() + ttl
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._entries.pop(key, None)


class Caching(Generic[ValueT]):
    """L1, then L2, then the caller's ``fetch``; what is found below is written above."""

    def __init__(
        self,
        shared: SharedCache[ValueT] | None = None,
        *,
        size: int = DEFAULT_SIZE,
        clock: Clock = time.monotonic,
    ) -> None:
        self._local: LocalCache[ValueT] = LocalCache(size, clock)
        self._shared = shared
        self._flights: dict[Hashable, Future[ValueT]] = {}
        self._lock = threading.Lock()

    def get(
        self, key: Hashable, fetch: Callable[[], ValueT], ttl: float = DEFAULT_TTL_S, *, use_local: bool = True
    ) -> ValueT:
        """Callers that miss the same key at once wait for one of them, whose error they share and nobody keeps.

        ``use_local`` False passes L1 by, for values that other processes change. ``fetch`` must not get its own key.
        """
        if use_local and (found := self._local.peek(key)):
            return found[0]
        flight, leads = self._board(key)
        if not leads:
            return flight.result()
        try:
            value = self._load(key, fetch, ttl, use_local=use_local)
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(value)
        return value

    def _board(self, key: Hashable) -> tuple[Future[ValueT], bool]:
        """The flight that loads the key, and whether the caller leads it."""
        with self._lock:
            if flight := self._flights.get(key):
                return flight, False
            self._flights[key] = Future()
            return self._flights[key], True

    def _land(self, key: Hashable) -> None:
        with self._lock:
            del self._flights[key]

    def _load(self, key: Hashable, fetch: Callable[[], ValueT], ttl: float, *, use_local: bool) -> ValueT:
        if use_local and (found := self._local.peek(key)):  # by a flight that landed a moment ago
            return found[0]
        shared = self._shared.read(key) if self._shared else None
        value, left_s = shared or (fetch(), ttl)
        if self._shared and shared is None:
            self._shared.write(key, value, ttl)
        if use_local:
            self._local.put(key, value, min(left_s, ttl))
        return value


def cached(
    template: str, ttl: float = DEFAULT_TTL_S, *, cache: Caching[Any] | None = None
) -> Callable[[Callable[ParametersT, ResultT]], Callable[ParametersT, ResultT]]:
    """Cache a function's results by a key of its arguments, such as "user:{user_id}".

    The key is the same however an argument is passed: by position, by name or as its default. Values are quoted, so
    that those with a colon cannot make the key of others. ValueError at once for a name that is no parameter.
    """
    caching: Caching[Any] = Caching() if cache is None else cache
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]

    def decorate(function: Callable[ParametersT, ResultT]) -> Callable[ParametersT, ResultT]:
        signature = inspect.signature(function)
        if unknown := set(names) - set(signature.parameters):
            raise ValueError(f"{template!r} names no parameter of {function.__qualname__}: {sorted(unknown)}")

        @functools.wraps(function)
        def wrapper(*args: ParametersT.args, **kwargs: ParametersT.kwargs) -> ResultT:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            key = template.format(**{name: _quoted(bound.arguments[name]) for name in names})
            result: ResultT = caching.get(key, lambda: function(*args, **kwargs), ttl)
            return result

        return wrapper

    return decorate


def _quoted(value: object) -> str:
    return urllib.parse.quote(str(value), safe="")
