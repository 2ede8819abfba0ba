"""`sam local` beside a running stack, as far as it can be shown without Docker.

The files are used exactly as they are: host.docker.internal leads to a bridge, for which 127.0.0.2 stands. The printed
commands are run by the pinned SAM CLI, with ``tests.support.docker`` in Docker's place.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, cast

import httpx
import psycopg
import pytest
from botocore.exceptions import ClientError

from infra import template
from infra.local.bridge import Bridge
from infra.local.endpoint import Endpoint
from infra.local.paths import BUILD, ROOT, RUNTIME_PYTHON
from infra.local.postgres import LOGIN_ROLES
from infra.local.processes import StackError, free_port
from infra.local.sam_local import (
    HOST,
    LOCAL_TEMPLATE,
    PROFILE,
    SAM,
    Files,
    commands,
    prepare,
    require_running,
    stay_open,
    write_template,
)
from infra.local.stack import Stack, require_build
from tests.support.client import Client
from tests.support.docker import FakeDocker, write_docker_command
from tests.support.polling import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no second loopback address")

ADDRESS = "127.0.0.2"
ENGINE = {"OperatingSystem": "Debian GNU/Linux 13", "SecurityOptions": []}
BRIDGE = Bridge(IPv4Address(ADDRESS), IPv4Network("127.0.0.0/8"))


@dataclass(frozen=True)
class Prepared:
    stack: Stack
    files: Files
    ports: tuple[int, int]

    @property
    def variables(self) -> dict[str, dict[str, str]]:
        return dict(json.loads(self.files.environment.read_text("utf-8")))

    def endpoint(self) -> Endpoint:
        """As a container knows it: the address in the variables, the key of the profile."""
        profiles = ConfigParser()
        profiles.read(self.files.credentials)
        key = profiles[PROFILE]
        [url] = {values["AWS_ENDPOINT_URL"] for values in self.variables.values()}
        return Endpoint(url, key["aws_secret_access_key"], key["aws_access_key_id"])

    def dsn(self) -> str:
        name = self.variables["QueryKnowledgeFunction"]["DATABASE_SECRET_NAME"]
        secret = self.endpoint().client("secretsmanager").get_secret_value(SecretId=name)
        return str(json.loads(secret["SecretString"])["dsn"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        ports = prepare(stack.state)
        with _open(ports):
            yield Prepared(stack, Files.of(stack.state), ports)


@contextmanager
def _open(ports: tuple[int, int]) -> Iterator[None]:
    ready, done = threading.Event(), threading.Event()

    async def hold() -> None:
        async with BRIDGE.opened(ports):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(hold(),))
    thread.start()
    assert ready.wait(10)
    yield
    done.set()
    thread.join(10)


@pytest.fixture
def _inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process knows the hosts that a container knows."""
    look_up: Any = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: look_up(ADDRESS if host == HOST else host, *more, **named)
    )


def test_every_function_has_the_variables_that_the_template_gives_it(prepared: Prepared) -> None:
    source = template.read()
    common = set(source.defaults["Environment"]["Variables"])

    assert prepared.variables.keys() == source.functions().keys()
    for name, function in source.functions().items():
        assert prepared.variables[name].keys() == common | set(function.variables)


def test_the_files_are_for_their_owner_alone(prepared: Prepared) -> None:
    assert all(path.stat().st_mode & 0o077 == 0 for path in (prepared.files.environment, prepared.files.credentials))


@pytest.mark.usefixtures("_inside")
@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_a_container_signs_in_to_the_database(role: str, prepared: Prepared) -> None:
    assert role in {values["DATABASE_USER"] for values in prepared.variables.values()}

    with psycopg.connect(prepared.dsn(), user=role, hostaddr=ADDRESS) as connection:
        row = connection.execute("SELECT session_user").fetchone()

    assert row == (role,)


@pytest.mark.usefixtures("_inside")
def test_a_container_reads_and_writes_what_the_stack_keeps(prepared: Prepared) -> None:
    bucket = prepared.variables["ParseDocumentFunction"]["CONTENT_BUCKET"]

    prepared.endpoint().client("s3").put_object(Bucket=bucket, Key="from-a-container", Body=b"1")

    stored = prepared.stack.endpoint.client("s3").get_object(Bucket=bucket, Key="from-a-container")
    assert stored["Body"].read() == b"1"


@pytest.mark.usefixtures("_inside")
def test_the_name_of_this_machine_opens_nothing_to_who_has_no_key(prepared: Prepared) -> None:
    endpoint = prepared.endpoint()
    stranger = Endpoint(endpoint.url, "guessed", endpoint.access_key_id)
    bucket = prepared.variables["ParseDocumentFunction"]["CONTENT_BUCKET"]
    link = endpoint.client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "any"})

    with pytest.raises(ClientError, match="403"):
        stranger.client("s3").list_objects_v2(Bucket=bucket)
    assert httpx.get(f"{endpoint.url}/{bucket}").status_code == 403
    assert httpx.get(link).status_code == 403


def test_a_stack_that_has_ended_is_not_taken_for_one_that_runs() -> None:
    with pytest.raises(StackError, match="make run"):
        require_running(Endpoint(f"http://127.0.0.1:{free_port()}", "a key"))


def test_preparing_again_changes_nothing_for_the_functions_of_the_stack(prepared: Prepared) -> None:
    before = prepared.variables

    assert (prepare(prepared.stack.state), prepared.variables) == (prepared.ports, before)
    assert httpx.get(f"{prepared.stack.base_url}/ready", timeout=30).status_code == 200


def test_it_ends_with_the_stack_it_was_made_for(prepared: Prepared) -> None:
    facts = prepared.stack.state.facts
    kept = facts.read_bytes()

    async def start_anew() -> None:
        waiting = asyncio.ensure_future(stay_open(BRIDGE, (free_port(),), prepared.stack.state))
        await asyncio.sleep(0.2)
        facts.write_bytes(kept + b"\n")
        await asyncio.wait_for(waiting, 10)

    try:
        with pytest.raises(StackError, match="Repeat `make sam-local`"):
            asyncio.run(start_anew())
    finally:
        facts.write_bytes(kept)


# ---------------------------------------------------------------- the printed commands


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeDocker]:
    try:
        require_build()
    except StackError as error:
        pytest.skip(str(error))
    write_template()
    folder = tmp_path_factory.mktemp("docker")
    fake = FakeDocker(folder / "socket", python=RUNTIME_PYTHON, layers=sorted(BUILD.glob("*Layer/python")))
    with fake.open():
        yield fake


def _printed(prepared: Prepared, port: int = 3001) -> list[str]:
    return list(commands(prepared.files, port=port, architecture="x86_64", bridge=BRIDGE))


def _shell(docker: FakeDocker, prepared: Prepared) -> dict[str, Any]:
    """The folder and the environment of somebody who pastes; whose own profile must not matter."""
    home = str(prepared.stack.state.folder)
    return {
        "cwd": ROOT,
        "env": {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_HOST": docker.url, "AWS_PROFILE": "x"},
    }


@pytest.mark.skipif(not SAM.exists(), reason="no SAM CLI; `make install-sam` makes it")
def test_the_pinned_sam_cli_knows_every_option(prepared: Prepared) -> None:
    for line in _printed(prepared):
        words = shlex.split(line)
        [name] = {"start-api", "invoke"} & set(words)
        known = subprocess.run([SAM, "local", name, "--help"], capture_output=True, text=True, check=True).stdout

        assert [word for word in words if word.startswith("--") and word not in known] == []


@pytest.mark.usefixtures("docker")
def test_the_command_prints_both_and_stays_open_for_an_engine_on_linux(prepared: Prepared, tmp_path: Path) -> None:
    write_docker_command(tmp_path / "docker", info=ENGINE, network=[{"Subnet": "127.0.0.0/8", "Gateway": "127.0.0.3"}])
    command = [sys.executable, "-m", "infra.local.sam_local", "--port", str(free_port())]
    command += ["--state", str(prepared.stack.state.folder)]
    with subprocess.Popen(command, cwd=ROOT, env={"PATH": f"{tmp_path}:/bin"}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline().decode() for _ in range(6)]
        until(lambda: _is_open(prepared.ports[1], "127.0.0.3"))
        process.terminate()

    assert [" start-api " in printed[1], " invoke " in printed[3]] == [True, True]
    assert "--add-host host.docker.internal:127.0.0.3" in printed[1]
    assert "127.0.0.3 until you press Ctrl-C" in printed[5]


def test_what_is_built_is_what_the_commands_name(prepared: Prepared, docker: FakeDocker) -> None:
    built = template.read(LOCAL_TEMPLATE)

    assert f" {LOCAL_TEMPLATE.relative_to(ROOT)} " in _printed(prepared)[0]
    assert built.functions().keys() == prepared.variables.keys()
    for name, function in built.resources(template.FUNCTION).items():
        assert (BUILD / function["CodeUri"]).is_dir(), name


@pytest.mark.parametrize(
    "event", ["identity/login_user", "ingestion/mark_failed", "knowledge/list_bases", "operations/check_readiness"]
)
def test_a_function_is_invoked_with_a_file_of_events(event: str, prepared: Prepared, docker: FakeDocker) -> None:
    name = "".join(word.title() for word in event.partition("/")[2].split("_"))
    command = _printed(prepared)[1].replace("knowledge/list_bases", event).replace("ListBases", name)

    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=120, check=False, **_shell(docker, prepared)
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert "errorMessage" not in (answer or {})
    assert (answer or {}).get("statusCode", 200) in (200, 401)  # nobody has the password of the example


def test_the_api_answers_who_signed_in_at_the_stack(prepared: Prepared, docker: FakeDocker) -> None:
    port, person = free_port(), Client(prepared.stack.base_url)
    with _pasted(_printed(prepared, port)[0], docker, prepared):
        until(lambda: _is_open(port), within_s=60)

        mine = _ask(port, {"authorization": person.http.headers["authorization"]})
        nobodys = _ask(port, {})

    assert (mine.status_code, mine.json().get("email")) == (200, person.email), mine.text
    assert (nobodys.status_code, nobodys.json()["code"]) == (401, "UNAUTHENTICATED")


def _ask(port: int, headers: dict[str, str]) -> httpx.Response:
    """Again while it is not there yet: on a busy machine a first call is over the authorizer's patience."""

    def answer() -> httpx.Response | None:
        given = httpx.get(f"http://127.0.0.1:{port}/api/v1/users/me", headers=headers, timeout=60)
        return given if given.status_code < 500 else None

    return cast("httpx.Response", until(answer, within_s=60))


@contextmanager
def _pasted(command: str, docker: FakeDocker, prepared: Prepared) -> Iterator[None]:
    with subprocess.Popen(
        f"exec env {command}", shell=True, stderr=subprocess.DEVNULL, **_shell(docker, prepared)
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _is_open(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return not probe.connect_ex((address, port))
