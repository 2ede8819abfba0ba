"""The workflows: which bytes go where, who may deploy, and what happens to a release that does not answer."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import template
from infra.deploy import STAGES
from infra.local.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
ACTIONLINT = ROOT / ".venv" / "bin" / "actionlint"
PINNED = re.compile(r"^(\./\.github/workflows/\w+\.yml|[\w.-]+/[\w.-]+@[0-9a-f]{40})$")


def workflow(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8")))


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return list(workflow(name)["jobs"][job]["steps"])


def position(found: list[dict[str, Any]], text: str) -> int:
    """Of the step that runs or uses it; ValueError without exactly one."""
    [index] = [n for n, step in enumerate(found) if text in f"{step.get('run', '')} {step.get('uses', '')}"]
    return index


def test_actionlint_finds_nothing() -> None:
    done = subprocess.run([ACTIONLINT, "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_runs_is_named_by_its_commit_and_gets_no_more_rights_than_it_says(path: Path) -> None:
    document = yaml.safe_load(path.read_text("utf-8"))
    jobs = document["jobs"].values()
    used = [part["uses"] for job in jobs for part in [job, *job.get("steps", ())] if "uses" in part]

    assert used
    assert [name for name in used if not PINNED.match(name)] == []
    assert document["permissions"] in ({}, {"contents": "read"})


def test_a_release_is_tested_then_built_once_then_goes_from_stage_to_stage() -> None:
    jobs = workflow("release")["jobs"]
    needs = {name: job.get("needs", []) for name, job in jobs.items()}

    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    assert needs == {
        "test": [],
        "build": "test",
        "dev": "build",
        "staging": ["build", "dev"],
        "prod": ["build", "staging"],
    }
    assert [name for name, job in jobs.items() if "make rds-bundle build" in str(job)] == ["build"]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_gets_the_artefact_with_the_digest_that_was_built(stage: str) -> None:
    job = workflow("release")["jobs"][stage]

    assert job["uses"] == "./.github/workflows/deploy.yml"
    assert job["with"] == {"stage": stage, "digest": "${{ needs.build.outputs.digest }}"}


def test_a_deployment_checks_its_artefact_and_takes_back_what_does_not_answer() -> None:
    found = steps("deploy", "deploy")
    check, deploy, back = (position(found, text) for text in ("sha256sum --check", "infra.deploy", "infra.rollback"))
    [smoke] = [n for n, step in enumerate(found) if step.get("id") == "smoke"]

    assert check < deploy < smoke < back
    assert "infra.smoke" in found[smoke]["run"]
    assert found[back]["if"] == "failure() && steps.deploy.outcome == 'success'"
    assert not [step for step in found if "make build" in step.get("run", "")]


def test_a_job_deploys_only_in_the_environment_of_its_stage() -> None:
    job = workflow("deploy")["jobs"]["deploy"]

    assert job["environment"] == "${{ inputs.stage }}"
    assert job["permissions"] == {"contents": "read", "id-token": "write"}


def test_aws_trusts_one_repository_in_one_environment() -> None:
    """Word for word: a star would let any branch or pull request in."""
    role = template.read(ROOT / "infra" / "ci_role.yaml").document["Resources"]["DeployRole"]["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${Stage}"},
        }
    }


def test_the_deploying_role_reaches_identities_through_cloudformation_alone() -> None:
    role = template.read(ROOT / "infra" / "ci_role.yaml").document["Resources"]["DeployRole"]["Properties"]
    [policy] = role["Policies"]
    actions = {
        action
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }

    assert {action for action in actions if action.startswith(("iam:", "sts:"))} == {"iam:PassRole"}
    assert not [action for action in actions if "*" in action]
