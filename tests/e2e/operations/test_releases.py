"""The check that CodeDeploy calls before traffic moves: the real function, with real versions behind it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra import smoke
from infra.local.paths import STACK_NAME
from tests.support.client import Client
from tests.support.codedeploy import CodeDeploy, codedeploy
from tests.support.product import Product

BROKEN = "release-that-does-not-start"


@dataclass
class Check:
    functions: Any  # Lambda's client
    name: str
    release: dict[str, str]
    variables: dict[str, str]
    reports: CodeDeploy

    def of(self, **versions: str) -> tuple[str, str]:
        """What CodeDeploy is told about the release with these versions of its functions, and why."""
        release = json.dumps(self.release | versions)
        variables = self.variables | {"AWS_ENDPOINT_URL_CODEDEPLOY": self.reports.url, "RELEASE": release}
        self.functions.update_function_configuration(FunctionName=self.name, Environment={"Variables": variables})
        event = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": f"hook-{len(self.reports.reports)}"}
        answer = self.functions.invoke(FunctionName=self.name, Payload=json.dumps(event))
        shown = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, shown
        report = self.reports.reports[-1]
        assert report["lifecycleEventHookExecutionId"] == event["LifecycleEventHookExecutionId"]
        return str(report["status"]), str(shown["reason"])

    def publish(self, role: str) -> str:
        """A version of one of the release's functions, as a deployment publishes it."""
        name = self.release[role].rpartition(":function:")[2]
        return f"{name}:{self.functions.publish_version(FunctionName=name)['Version']}"


@pytest.fixture(scope="module")
def check(product: Product) -> Iterator[Check]:
    if not product.endpoint.url:
        pytest.skip("needs the emulator's address")
    functions, name = product.endpoint.client("lambda"), f"CodeDeployHook_{STACK_NAME}"
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    with codedeploy() as reports:
        yield Check(functions, name, json.loads(variables["RELEASE"]), variables, reports)
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


@pytest.fixture
def broken(check: Check) -> Iterator[str]:
    """The name of a version whose process ends before it takes a call."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o700 << 16
        file.writestr(entry, "#!/bin/sh\nexit 1\n")
    check.functions.create_function(
        FunctionName=BROKEN,
        Runtime="provided.al2023",
        Handler="x",
        Role="arn:aws:iam::000000000000:role/broken",
        Code={"ZipFile": archive.getvalue()},
    )
    yield f"{BROKEN}:{check.functions.publish_version(FunctionName=BROKEN)['Version']}"
    check.functions.delete_function(FunctionName=BROKEN)


@pytest.mark.timeout(120)
def test_a_release_whose_new_version_does_not_answer_is_refused_and_one_that_does_is_let_through(
    check: Check, broken: str
) -> None:
    good = check.publish("ask")

    let_through = check.of(ask=good)
    refused, reason = check.of(ask=broken)
    let_through_again = check.of(ask=good)

    assert let_through == let_through_again == ("Succeeded", "")
    assert refused == "Failed"
    assert reason.startswith(f"ReleaseRefusedError: {broken}: ")


def test_a_deployment_that_works_is_told_from_one_that_does_not(
    product: Product, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an account of its own, which it deletes, and in somebody's workspace with a key, of which nothing stays."""
    key = client.with_key("ask", "retrieve", "write").created["key"]
    before = client.json("GET", "/api/v1/knowledge/bases")["items"]

    works = smoke.main([product.base_url])
    monkeypatch.setenv("SMOKE_KEY", key)
    works_with_key = smoke.main([product.base_url])
    monkeypatch.setenv("SMOKE_KEY", f"{key}x")
    fails = smoke.main([product.base_url])

    assert (works, works_with_key, fails) == (0, 0, 1)
    assert "it does not work: POST /knowledge/bases: 401" in capsys.readouterr().out
    assert client.json("GET", "/api/v1/knowledge/bases")["items"] == before
