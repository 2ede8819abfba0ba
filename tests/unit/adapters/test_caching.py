from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from voicehelper.adapters.caching import Caching, cached


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Source:
    """Counts how often it is asked."""

    loads: list[str] = field(default_factory=list)

    def of(self, value: str) -> Callable[[], str]:
        def fetch() -> str:
            self.loads.append(value)
            return value

        return fetch


@dataclass
class Shared:
    """An L2 whose entries are valid for ``left_s`` more seconds."""

    values: dict[Hashable, str] = field(default_factory=dict)
    left_s: float = 3600

    def read(self, key: Hashable) -> tuple[str, float] | None:
        return (self.values[key], self.left_s) if key in self.values else None

    def write(self, key: Hashable, value: str, ttl: float) -> None:
        self.values[key], self.left_s = value, ttl


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_value_is_fetched_once_and_again_after_its_time(source: Source) -> None:
    clock = Clock()
    cache: Caching[str] = Caching(clock=clock)

    cache.get("k", source.of("first"), ttl=10)
    clock.now = 9.9
    assert cache.get("k", source.of("second"), ttl=10) == "first"
    clock.now = 10.0

    assert cache.get("k", source.of("third"), ttl=10) == "third"
    assert source.loads == ["first", "third"]


def test_none_is_a_value() -> None:
    cache: Caching[str | None] = Caching()
    calls: list[int] = []

    for _ in range(3):
        cache.get("k", lambda: calls.append(1))

    assert calls == [1]


def test_the_least_recently_used_value_gives_way(source: Source) -> None:
    cache: Caching[str] = Caching(size=2)

    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, source.of(key))

    assert source.loads == ["a", "b", "c", "b"]


def test_fifty_callers_that_miss_at_once_load_once(source: Source) -> None:
    cache: Caching[str] = Caching()
    together = threading.Barrier(50)
    boarded = threading.Event()

    def fetch() -> str:
        boarded.wait(0.2)
        return source.of("value")()

    def call(_: int) -> str:
        together.wait()
        return cache.get("k", fetch)

    with ThreadPoolExecutor(50) as pool:
        values = list(pool.map(call, range(50)))

    assert (values, source.loads) == (["value"] * 50, ["value"])


def test_callers_of_different_keys_do_not_wait_for_each_other() -> None:
    cache: Caching[str] = Caching()
    both = threading.Barrier(2, timeout=5)

    def fetch() -> str:
        both.wait()
        return "value"

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda key: cache.get(key, fetch), "ab")) == ["value", "value"]


def test_an_error_is_shared_by_who_waits_and_kept_by_nobody(source: Source) -> None:
    cache: Caching[str] = Caching()
    together = threading.Barrier(10)
    attempts: list[int] = []

    def fail() -> str:
        attempts.append(1)
        threading.Event().wait(0.2)
        raise LookupError("away")

    def call(_: int) -> type[BaseException] | None:
        together.wait()
        try:
            cache.get("k", fail)
        except LookupError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(call, range(10)))

    assert (outcomes, len(attempts)) == ([LookupError] * 10, 1)
    assert cache.get("k", source.of("back")) == "back"


def test_what_other_processes_have_is_not_fetched_and_fills_the_process(source: Source) -> None:
    shared = Shared({"k": "theirs"})
    cache: Caching[str] = Caching(shared)

    first = cache.get("k", source.of("mine"))
    shared.values.clear()

    assert (first, cache.get("k", source.of("mine")), source.loads) == ("theirs", "theirs", [])


def test_what_is_fetched_is_shared(source: Source) -> None:
    shared = Shared()

    Caching(shared).get("k", source.of("mine"))

    assert Caching(shared).get("k", source.of("again")) == "mine"


def test_a_value_of_another_process_lives_no_longer_here_than_there(source: Source) -> None:
    clock, shared = Clock(), Shared({"k": "theirs"}, left_s=5)
    cache: Caching[str] = Caching(shared, clock=clock)

    cache.get("k", source.of("mine"), ttl=3600)
    shared.values.clear()
    clock.now = 5.0

    assert cache.get("k", source.of("mine"), ttl=3600) == "mine"


def test_a_caller_may_pass_the_process_by(source: Source) -> None:
    shared = Shared()
    cache: Caching[str] = Caching(shared)
    cache.get("k", source.of("old"))
    shared.values["k"] = "new"

    assert cache.get("k", source.of("x"), use_local=False) == "new"
    assert cache.get("k", source.of("x")) == "old"


def test_the_key_is_that_of_the_bound_arguments() -> None:
    calls: list[tuple[int, str]] = []

    @cached("user:{user_id}:{view}", ttl=60)
    def user(user_id: int, view: str = "short", *, trace: str = "") -> str:
        calls.append((user_id, view))
        return f"{user_id} {view}"

    same = {user(7), user(7, "short"), user(user_id=7), user(view="short", user_id=7, trace="t")}

    assert (same, user(7, "long"), user(8)) == ({"7 short"}, "7 long", "8 short")
    assert calls == [(7, "short"), (7, "long"), (8, "short")]
    assert user.__name__ == "user"


def test_a_method_is_called_on_its_object() -> None:
    class Users:
        @cached("user:{user_id}")
        def name(self, user_id: int) -> str:
            return f"user {user_id}"

    assert (Users().name(3), Users().name(user_id=3)) == ("user 3", "user 3")


def test_values_with_the_keys_own_punctuation_do_not_collide() -> None:
    @cached("{a}:{b}")
    def pair(a: str, b: str) -> tuple[str, str]:
        return a, b

    assert pair("x:y", "z") == ("x:y", "z")
    assert pair("x", "y:z") == ("x", "y:z")


def test_a_key_of_unknown_parameters_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="usr_id"):
        cached("user:{usr_id}")(lambda user_id: user_id)


def test_a_call_with_wrong_arguments_fails_as_without_a_cache() -> None:
    @cached("user:{user_id}")
    def user(user_id: int) -> int:
        return user_id

    with pytest.raises(TypeError):
        user()  # type: ignore[call-arg]
