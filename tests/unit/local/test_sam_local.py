"""How containers reach this machine, and the commands that are printed for it; without Docker, SAM CLI or a stack."""

from __future__ import annotations

import json
import shlex
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.bridge import Bridge
from infra.local.paths import ROOT, State
from infra.local.processes import StackError
from infra.local.sam_local import EXAMPLE, Files, ask_docker, commands, find_bridge, require_build, write_template

ENGINE = {"OperatingSystem": "Debian GNU/Linux 13", "SecurityOptions": ["name=seccomp,profile=builtin"]}
DESKTOP = {"OperatingSystem": "Docker Desktop", "SecurityOptions": None}
IPV6 = {"Subnet": "fd00::/64", "Gateway": "fd00::1"}
BRIDGE = Bridge(IPv4Address("172.17.0.1"), IPv4Network("172.17.0.0/16"))


def _docker(info: dict[str, Any], *networks: dict[str, str]) -> Any:
    return lambda *command: info if command == ("info",) else list(networks)


@pytest.mark.parametrize(
    "settings", [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}, {"Subnet": "172.17.0.0/16"}]
)
def test_an_engine_on_linux_needs_the_address_of_its_bridge(settings: dict[str, str]) -> None:
    assert find_bridge(_docker(ENGINE, IPV6, settings), system="linux") == BRIDGE


def test_docker_desktop_on_linux_needs_no_bridge() -> None:
    assert find_bridge(_docker(DESKTOP), system="linux") is None


def test_elsewhere_docker_runs_in_a_machine_that_leads_to_this_one() -> None:
    assert find_bridge(_docker(ENGINE), system="darwin") is None


def test_a_rootless_docker_is_refused_with_the_reason() -> None:
    with pytest.raises(StackError, match="rootless"):
        find_bridge(_docker(ENGINE | {"SecurityOptions": ["name=rootless"]}), system="linux")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "no `docker` command"),
        ("echo starting >&2; echo 'is it running?' >&2; exit 1", r"not answer: is it running\?"),
    ],
)
def test_a_docker_that_does_not_answer_is_named(
    script: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if script:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (tmp_path / "docker").chmod(0o700)

    with pytest.raises(StackError, match=said):
        ask_docker("info")


def test_nothing_is_printed_before_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="make sam-local"):
        require_build(tmp_path / "template.yaml", tmp_path / "sam")


@pytest.mark.parametrize("bridge", [None, BRIDGE])
def test_commands_name_what_is_built_and_what_is_prepared(bridge: Bridge | None) -> None:
    files = Files(ROOT / ".local/state/sam/env.json", ROOT / ".local/state/sam/credentials")

    printed = [shlex.split(line) for line in commands(files, port=3002, architecture="arm64", bridge=bridge)]

    assert [line[3:5] for line in printed] == [["local", "start-api"], ["local", "invoke"]]
    assert printed[0][5:7] == ["--port", "3002"]
    assert printed[1][5:8] == [EXAMPLE[0], "--event", EXAMPLE[1]]
    for line in printed:
        assert "AWS_SHARED_CREDENTIALS_FILE=.local/state/sam/credentials" in line
        options = dict(zip(line[-10 - 2 * bool(bridge) :: 2], line[-9 - 2 * bool(bridge) :: 2], strict=True))
        assert options["--template-file"] == ".aws-sam/build/sam-local.yaml"
        assert options["--env-vars"] == ".local/state/sam/env.json"
        assert options["--parameter-overrides"] == "Architecture=arm64"
        assert options.get("--add-host") == ("host.docker.internal:172.17.0.1" if bridge else None)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    assert Files.of(State(tmp_path)).environment.parent.stat().st_mode & 0o077 == 0


def test_the_example_is_a_file_of_an_event() -> None:
    assert json.loads((ROOT / EXAMPLE[1]).read_text("utf-8"))["routeKey"]


def test_sam_cli_is_given_functions_in_place_of_their_aliases_and_versions(tmp_path: Path) -> None:
    """It finds none by its alias: the authorizer would be dropped."""
    write_template(ROOT / "template.yaml", tmp_path / "local.yaml")
    text = (tmp_path / "local.yaml").read_text("utf-8")
    document = yaml.safe_load(text)

    [authorizer] = document["Resources"]["Api"]["Properties"]["Auth"]["Authorizers"].values()
    assert authorizer["FunctionArn"] == {"Fn::GetAtt": ["AuthorizeRequestFunction", "Arn"]}
    assert ".Alias" not in text
    assert ".Version" not in text
