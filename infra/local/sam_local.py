"""`make sam-local`: what `sam local` needs beside a running `make run`, and the commands to paste.

Entry: ``main``, called by the Makefile. A container knows this machine as host.docker.internal. Docker Desktop leads
that name to this machine's loopback, where the emulator and the database listen; for Docker Engine on Linux ``bridge``
does. `--docker-network host` is no way to it: SAM CLI 1.170 takes the option and leaves the container where it was.
https://github.com/aws/aws-sam-cli/issues/4236
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra import template
from infra.local.bridge import Bridge
from infra.local.endpoint import REGION, Endpoint
from infra.local.paths import BUILD, DEFAULT_STATE, LOCAL, ROOT, STACK_NAME, State, open_private
from infra.local.postgres import LOGIN_ROLES
from infra.local.processes import StackError, require_port
from infra.stack_parts import parts_of

SAM: Final = LOCAL / "sam" / "bin" / "sam"
TEMPLATE: Final = BUILD / "template.yaml"
# Beside it, because it names folders from there: SAM CLI 1.170 finds no function by its alias, and drops an authorizer.
LOCAL_TEMPLATE: Final = BUILD / "sam-local.yaml"
HOST: Final = "host.docker.internal"
PROFILE: Final = "voicehelper-local"
EXAMPLE: Final = ("ListBasesFunction", "events/knowledge/list_bases.json")


@dataclass(frozen=True, slots=True)
class Files:
    """In the state folder, for its owner alone: they open the emulator."""

    environment: Path
    credentials: Path

    @classmethod
    def of(cls, state: State) -> Files:
        folder = state.folder / "sam"
        folder.mkdir(exist_ok=True, mode=0o700)
        return cls(folder / "env.json", folder / "credentials")


def prepare(state: State) -> tuple[int, int]:
    """Write the files for the stack that runs with this state folder; returns the ports that containers must reach."""
    endpoint, files = Endpoint.of(state), Files.of(state)
    require_running(endpoint)
    port = urlsplit(endpoint.url).port or 0
    variables = _variables(endpoint)
    signing_in = [values for values in variables.values() if values["DATABASE_USER"] in LOGIN_ROLES]
    secret, database_port = _put_database_secret(endpoint, signing_in)
    for values in signing_in:  # all but the migration, which the stack has run
        values["DATABASE_SECRET_NAME"] = secret
    for values in variables.values():
        values["AWS_ENDPOINT_URL"] = f"http://{HOST}:{port}"
    _write(files.environment, json.dumps(variables, indent=1))
    # `sam local` hands a profile's key to containers, and takes no key from the file of variables.
    lines = (f"aws_access_key_id = {endpoint.access_key_id}", f"aws_secret_access_key = {endpoint.secret_access_key}")
    _write(files.credentials, "\n".join((f"[{PROFILE}]", *lines, "")))
    return database_port, port


def require_running(endpoint: Endpoint) -> None:
    """The facts of a stack stay when it ends."""
    try:
        endpoint.get(f"{endpoint.url}/_ministack/ready", timeout_s=5)
    except OSError as error:
        raise StackError("It is not running. Start with `make run`, in another terminal.") from error


def _variables(endpoint: Endpoint) -> dict[str, dict[str, str]]:
    """Every deployed function's, by its logical id."""
    pages = endpoint.client("lambda").get_paginator("list_functions").paginate()
    deployed = {item["FunctionName"]: item for page in pages for item in page["Functions"]}
    return {
        part.logical_id: deployed[part.name]["Environment"]["Variables"]
        for part in parts_of(endpoint.client("cloudformation"), STACK_NAME)
        if part.kind == "AWS::Lambda::Function"
    }


def _put_database_secret(endpoint: Endpoint, variables: list[dict[str, str]]) -> tuple[str, int]:
    """The functions' sign-in under another host name, as a second secret; its name, and the database's port."""
    [name] = {values["DATABASE_SECRET_NAME"] for values in variables}
    secrets = endpoint.client("secretsmanager")
    dsn = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])["dsn"]
    text, second = json.dumps({"dsn": make_conninfo(dsn, host=HOST)}), f"{name}-for-containers"
    try:
        secrets.create_secret(Name=second, SecretString=text)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=second, SecretString=text)
    return second, int(str(conninfo_to_dict(dsn)["port"]))


def _write(path: Path, text: str) -> None:
    with open_private(path, "w") as file:
        file.write(text.encode())


def commands(files: Files, *, port: int, architecture: str, bridge: Bridge | None) -> Iterator[str]:
    """To paste in the project's folder: the whole API, and one function with one of its events."""
    given = {
        "--template-file": LOCAL_TEMPLATE,
        "--parameter-overrides": f"Architecture={architecture}",
        "--env-vars": files.environment,
        "--profile": PROFILE,
        "--region": REGION,
        **({"--add-host": f"{HOST}:{bridge.address}"} if bridge else {}),
    }
    shared = [_short(part) for pair in given.items() for part in pair]
    function, event = EXAMPLE
    yield _line(files, ["start-api", "--port", str(port), "--warm-containers", "LAZY", *shared])
    yield _line(files, ["invoke", function, "--event", event, *shared])


def _short(part: object) -> str:
    """A path below the project's folder as seen from there."""
    return str(part.relative_to(ROOT) if isinstance(part, Path) and part.is_relative_to(ROOT) else part)


def _line(files: Files, arguments: list[str]) -> str:
    variables = f"SAM_CLI_TELEMETRY=0 AWS_SHARED_CREDENTIALS_FILE={shlex.quote(_short(files.credentials))}"
    return f"{variables} {shlex.join([_short(SAM), 'local', *arguments])}"


def find_bridge(ask: Callable[..., Any], *, system: str = sys.platform) -> Bridge | None:
    """None where Docker itself leads containers to this machine's loopback. Raises StackError where nothing does."""
    engine = ask("info")
    if system != "linux" or engine["OperatingSystem"] == "Docker Desktop":
        return None
    if "name=rootless" in (engine["SecurityOptions"] or ()):
        raise StackError("Containers of a rootless Docker cannot reach this machine. `sam local` needs another Docker.")
    [settings] = [each for each in ask("network", "inspect", "bridge") if "." in each["Subnet"]]  # the other is IPv6's
    network = IPv4Network(settings["Subnet"])
    return Bridge(IPv4Address(settings.get("Gateway") or next(network.hosts())), network)


def ask_docker(*command: str) -> Any:
    """What a command of Docker answers, as JSON. Raises StackError."""
    form = "{{json .IPAM.Config}}" if command[0] == "network" else "{{json .}}"
    try:
        done = subprocess.run(["docker", *command, "--format", form], capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise StackError("`sam local` runs functions in containers, and there is no `docker` command here.") from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StackError(f"`sam local` runs functions in containers, and Docker does not answer: {reason}") from error
    return json.loads(done.stdout)


def require_build(built: Path = TEMPLATE, sam: Path = SAM) -> None:
    if not (built.exists() and sam.exists()):
        raise StackError("Nothing is built yet. `make sam-local` builds first; so does `make build`.")


def write_template(built: Path = TEMPLATE, to: Path = LOCAL_TEMPLATE) -> None:
    to.write_text(yaml.safe_dump(template.without_versions(template.read(built).document), sort_keys=False), "utf-8")


async def stay_open(bridge: Bridge, ports: tuple[int, ...], state: State) -> None:
    """Until the stack ends or starts anew, which draws another key and takes other ports."""
    facts = state.facts.read_bytes()
    pid = int(json.loads(facts)["pid"])
    async with bridge.opened(ports):
        while state.facts.read_bytes() == facts and _is_alive(pid):
            await asyncio.sleep(1)
    raise StackError("`make run` has ended or started anew: its key and ports are others. Repeat `make sam-local`.")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def run(state: State, *, port: int, architecture: str) -> None:
    require_build()
    require_port(port, choice="make sam-local SAM_PORT=3002")
    bridge = find_bridge(ask_docker)
    ports = prepare(state)
    write_template()
    for line in commands(Files.of(state), port=port, architecture=architecture, bridge=bridge):
        print(f"\n{line}", flush=True)
    if bridge:
        print(f"\nContainers reach the local stack through {bridge.address} until you press Ctrl-C.", flush=True)
        asyncio.run(stay_open(bridge, ports, state))


def check(state: State) -> None:
    """What can be known before a build: that Docker answers, and that the stack runs. Raises StackError."""
    find_bridge(ask_docker)
    require_running(Endpoint.of(state))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.sam_local", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write and print nothing")
    parser.add_argument("--port", type=int, default=3001)
    parser.add_argument("--architecture", default="x86_64")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE.folder)
    options = parser.parse_args()
    state = State(options.state.resolve())
    try:
        check(state) if options.check else run(state, port=options.port, architecture=options.architecture)
    except KeyboardInterrupt:
        return 0
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
