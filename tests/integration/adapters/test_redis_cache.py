"""The shared cache over a real Valkey, and over servers that are away, slow, or speak otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from voicehelper.adapters.redis_cache import LEFT_ALONE_S, MOST_BYTES, WITHIN_S, RedisCache, RedisServer

from tests.support.certificates import Authority, serve_tls
from tests.support.valkey import Valkey, running_valkey

# What a busy machine may add to a wait in a thread.
SLACK_S = 0.4
PREFIX = "test:"


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running_valkey() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_kept(request: pytest.FixtureRequest) -> None:
    if "valkey" in request.fixturenames:
        request.getfixturevalue("valkey").admin.flushall()


def decoded(content: bytes) -> str:
    """ValueError for what is no JSON text."""
    value = json.loads(content)
    if not isinstance(value, str):
        raise ValueError(type(value).__name__)  # noqa: TRY004 - as for what is no JSON at all
    return value


def cache_at(url: str, **options: object) -> RedisCache[str]:
    """One that waits, since it is about what comes and not when; ``impatient`` is as deployed."""
    server = RedisServer(url, **{"within_s": 10.0, **options})  # type: ignore[arg-type]
    return RedisCache(server, PREFIX, lambda value: json.dumps(value).encode(), decoded)


def impatient(url: str, **options: object) -> RedisCache[str]:
    return cache_at(url, within_s=WITHIN_S, **options)


def test_a_value_is_read_by_another_process_until_it_expires(valkey: Valkey) -> None:
    cache_at(valkey.url).write("k", "六周 weeks", 30.0)

    found = cache_at(valkey.url).read("k")

    assert found
    assert found[0] == "六周 weeks"
    assert 28 < found[1] <= 30
    assert valkey.admin.keys() == [b"test:k"]
    assert 28_000 < int(str(valkey.admin.pttl("test:k"))) <= 30_000


def test_a_value_that_has_expired_is_not_there(valkey: Valkey) -> None:
    cache = cache_at(valkey.url)
    cache.write("k", "v", 0.001)
    while valkey.admin.exists("test:k"):
        pass

    assert cache.read("k") is None
    assert cache.read("never written") is None


FOREIGN: dict[str, Callable[[Valkey], object]] = {
    "no text": lambda valkey: valkey.admin.set("test:k", b"\xff\xfe\x00", px=60_000),
    "half of a value": lambda valkey: valkey.admin.set("test:k", b'"abc', px=60_000),
    "another form": lambda valkey: valkey.admin.set("test:k", b'{"a": [1]}', px=60_000),
    "empty": lambda valkey: valkey.admin.set("test:k", b"", px=60_000),
    "deep": lambda valkey: valkey.admin.set("test:k", b"[" * 50_000, px=60_000),
    "a pickle": lambda valkey: valkey.admin.set("test:k", b"\x80\x04\x95\x0b\x00", px=60_000),
    "never expires": lambda valkey: valkey.admin.set("test:k", b'"abc"'),
    "too long": lambda valkey: valkey.admin.set("test:k", b'"' + b"a" * 50_000_000 + b'"', px=60_000),
    "a list": lambda valkey: valkey.admin.rpush("test:k", "a", "b"),
    "a hash": lambda valkey: valkey.admin.hset("test:k", "a", "b"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_others_wrote_is_a_miss_and_is_written_over(valkey: Valkey, kind: str) -> None:
    cache = cache_at(valkey.url)
    FOREIGN[kind](valkey)

    assert cache.read("k") is None

    cache.write("k", "own", 60.0)
    found = cache.read("k")
    assert found is not None, "a value of others is no failure of the server"
    assert found[0] == "own"


def test_a_value_that_is_too_long_is_not_written(valkey: Valkey) -> None:
    cache = cache_at(valkey.url)
    cache.write("long", "a" * MOST_BYTES, 60.0)
    cache.write("longest", "a" * (MOST_BYTES - 2), 60.0)

    assert valkey.admin.keys() == [b"test:longest"]
    assert cache.read("longest")


def test_a_value_without_a_form_is_not_written(valkey: Valkey) -> None:
    def refuse(_: str) -> bytes:
        raise ValueError

    RedisCache(RedisServer(valkey.url), PREFIX, refuse, decoded).write("k", "v", 60.0)

    assert valkey.admin.keys() == []


def test_a_server_that_refuses_to_write_is_read_all_the_same(valkey: Valkey) -> None:
    cache = cache_at(valkey.url)
    cache.write("before", "v", 60.0)
    valkey.admin.config_set("maxmemory", "1")
    try:
        cache.write("after", "v", 60.0)
        found = cache.read("before")
    finally:
        valkey.admin.config_set("maxmemory", "0")

    assert found is not None
    assert valkey.admin.keys() == [b"test:before"]


@pytest.fixture
def guarded(valkey: Valkey) -> Iterator[Valkey]:
    """Whoever gives no password is refused."""
    valkey.admin.acl_setuser("app", enabled=True, passwords=["+s3cret:@/word"], keys=["test:*"], commands=["+@all"])
    valkey.admin.acl_setuser("default", enabled=True, reset_passwords=True, passwords=["+other"])
    yield valkey
    valkey.admin.acl_setuser("default", enabled=True, nopass=True)
    valkey.admin.acl_deluser("app")


def test_who_signs_in_is_asked_for_at_each_connection(guarded: Valkey) -> None:
    asked: list[int] = []

    def login() -> tuple[str, str]:
        asked.append(1)
        return "app", "s3cret:@/word"

    cache = cache_at(guarded.url, login=login)
    cache.write("k", "v", 60.0)

    assert cache.read("k")
    assert asked == [1]


def test_an_address_may_say_itself_who_signs_in(guarded: Valkey) -> None:
    cache = cache_at(f"redis://app:s3cret%3A%40%2Fword@127.0.0.1:{guarded.port}/0")
    cache.write("k", "v", 60.0)

    assert cache.read("k")


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_sign_in_is_a_miss_and_is_logged_nowhere(
    guarded: Valkey, password: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = cache_at(guarded.url, login=lambda: ("app", f"hidden-{password}"))
    cache.write("k", "v", 60.0)

    assert cache.read("k") is None
    assert "hidden" not in repr(cache) + "".join(capsys.readouterr())


def test_a_secret_that_cannot_be_read_is_a_miss(valkey: Valkey) -> None:
    def login() -> tuple[str, str]:
        raise KeyError("password")

    assert cache_at(valkey.url, login=login).read("k") is None


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make certificates with")
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@contextlib.contextmanager
def behind_tls(valkey: Valkey, certificate: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with serve_tls(context, ("127.0.0.1", valkey.port)) as port:
        yield port


def test_a_certified_server_is_reached_over_tls(valkey: Valkey, authority: Authority) -> None:
    with behind_tls(valkey, authority.certify("localhost")) as port:
        cache = cache_at(f"rediss://localhost:{port}/0?ssl_ca_certs={authority.file}")
        cache.write("k", "v", 60.0)

        assert cache.read("k")


def test_a_server_of_another_name_or_authority_learns_nothing(valkey: Valkey, authority: Authority) -> None:
    with behind_tls(valkey, authority.certify("other.invalid")) as port:
        for query in (f"?ssl_ca_certs={authority.file}", ""):
            cache_at(f"rediss://localhost:{port}/0{query}").write("k", "v", 60.0)

    assert valkey.admin.keys() == []


Talk = Callable[[socket.socket, threading.Event], None]


def says(reply: bytes) -> Talk:
    """Sends the same to whatever is asked, and waits."""

    def talk(client: socket.socket, over: threading.Event) -> None:
        client.recv(4096)
        client.sendall(reply)
        over.wait()

    return talk


def drips(client: socket.socket, over: threading.Event) -> None:
    client.recv(4096)
    client.sendall(b"$60000\r\n")
    while not over.wait(0.02):
        client.sendall(b"a")


STRANGE: dict[str, Talk] = {
    "says nothing": says(b""),
    "drips": drips,
    "closes": lambda client, _: client.close(),
    "speaks HTTP": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "counts wrongly": says(b"$-7\r\n$x\r\n"),
    "nests without end": says(b"*1\r\n" * 20_000),
    "sends an error of its own": says(b"-LOADING the data\r\n-ERR \xff\r\n"),
    "sends other kinds": says(b"*2\r\n:1\r\n:2\r\n+OK\r\n"),
    "sends too much": says(b"$3\r\nabc\r\n:5\r\n" * 1000),
}


@contextlib.contextmanager
def strange_server(talk: Talk) -> Iterator[tuple[str, list[int]]]:
    """(address, one entry for each connection)."""
    over, connections = threading.Event(), list[int]()

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                connections.append(1)
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            talk(client, over)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}", connections
        over.set()
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kind", STRANGE)
def test_a_server_that_speaks_otherwise_costs_a_moment_and_nothing_else(kind: str) -> None:
    with strange_server(STRANGE[kind]) as (url, _):
        cache = impatient(url)
        started = time.monotonic()
        found = cache.read("k")
        cache.write("k", "v", 60.0)
        took_s = time.monotonic() - started

    assert found is None
    assert took_s < 2 * WITHIN_S + SLACK_S


def test_a_server_that_failed_is_left_alone_for_a_while() -> None:
    now = [0.0]
    with strange_server(STRANGE["says nothing"]) as (url, connections):
        cache = impatient(url, clock=lambda: now[0])
        for now[0] in (0.0, 1.0, LEFT_ALONE_S - 0.1):
            cache.read("k")
            cache.write("k", "v", 60.0)
        left_alone = len(connections)
        now[0] = LEFT_ALONE_S + 0.1
        cache.read("k")

    assert (left_alone, len(connections)) == (1, 2)


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1", "redis://nobody.invalid:6379", "http://x", "redis://h:port", "", "redis://[::1"]
)
def test_an_address_that_leads_nowhere_is_a_miss(url: str) -> None:
    cache = impatient(url)

    assert cache.read("k") is None
    cache.write("k", "v", 60.0)


@pytest.fixture
def stopped(valkey: Valkey) -> Iterator[Callable[[], None]]:
    """The server hangs from now on until the function is called."""
    process_id = valkey.process_id
    os.kill(process_id, signal.SIGSTOP)
    yield lambda: os.kill(process_id, signal.SIGCONT)
    os.kill(process_id, signal.SIGCONT)


def read_until_found(cache: RedisCache[str]) -> object:
    """Within ten seconds; a busy machine may let another call be too late."""
    ends_at = time.monotonic() + 10
    while (found := cache.read("k")) is None and time.monotonic() < ends_at:
        time.sleep(0.01)  # the thread beside tells nobody that it has its answer
    return found


def test_a_server_that_hangs_is_left_after_the_bound_and_used_again_later(
    valkey: Valkey, stopped: Callable[[], None]
) -> None:
    now = [0.0]
    cache = impatient(valkey.url, clock=lambda: now[0])
    started = time.monotonic()
    cache.write("k", "v", 60.0)
    took_s = time.monotonic() - started
    started = time.monotonic()
    left_alone = [cache.read("k") for _ in range(100)]
    took_left_alone_s = time.monotonic() - started
    stopped()
    now[0] = LEFT_ALONE_S + 1

    assert WITHIN_S <= took_s < WITHIN_S + SLACK_S
    assert left_alone == [None] * 100
    assert took_left_alone_s < SLACK_S
    assert read_until_found(cache)


def test_a_connection_that_took_too_long_to_make_is_there_for_the_next_call(
    valkey: Valkey, stopped: Callable[[], None]
) -> None:
    cache = impatient(valkey.url, clock=lambda: 0.0)
    cache.write("k", "v", 60.0)
    stopped()

    assert read_until_found(cache), "though no time has passed"


def test_a_connection_that_the_server_closed_while_idle_is_made_anew(valkey: Valkey) -> None:
    cache = cache_at(valkey.url)
    cache.write("k", "v", 60.0)
    valkey.admin.client_kill_filter(_type="normal", skipme=True)

    assert cache.read("k")


def test_callers_of_several_threads_have_their_own_answers(valkey: Valkey) -> None:
    cache = cache_at(valkey.url)
    found: dict[int, object] = {}

    def work(number: int) -> None:
        cache.write(number, str(number), 60.0)
        found[number] = (cache.read(number) or ("",))[0]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: str(number) for number in range(12)}
