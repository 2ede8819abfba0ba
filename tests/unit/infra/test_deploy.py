"""infra/deploy.py: where it deploys, and that it says so before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import deploy
from infra.deploy import Target

PROD = Target("prod", "voicehelper-prod", "111122223333", "eu-central-1")


@pytest.fixture(autouse=True)
def no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_without_a_region_nothing_is_deployed() -> None:
    with pytest.raises(SystemExit, match="no region"):
        deploy.main(["--stage", "dev", "--check"])


def test_the_region_of_the_profile_is_used(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\nregion = ap-southeast-1\n", "utf-8")

    assert deploy.chosen_region() == "ap-southeast-1"


def test_aws_region_counts_more_than_botocore_s_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert deploy.chosen_region() == "eu-west-1"


def test_a_target_says_stage_stack_account_and_region() -> None:
    assert str(PROD) == "stage prod (stack voicehelper-prod) → account 111122223333, region eu-central-1"


def test_the_deployment_goes_to_the_region_that_was_shown_and_carries_its_version() -> None:
    command = deploy.deploy_command(PROD, version="v1.2-3-gabc", architecture="arm64", quota=1000)
    overrides = command[command.index("--parameter-overrides") + 1 :]

    assert command[command.index("--region") + 1] == "eu-central-1"
    assert {"Stage=prod", "CreateDatabase=yes", "ServiceVersion=v1.2-3-gabc", "Architecture=arm64"} <= set(overrides)


def test_a_deployment_names_its_release_and_asks_unless_it_is_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asking = deploy.deploy_command(PROD, version="v1", architecture="x86_64", quota=1000)
    monkeypatch.setenv("CLOUDFORMATION_ROLE_ARN", "arn:aws:iam::111122223333:role/formation")
    silent = deploy.deploy_command(PROD, version="v2", architecture="x86_64", quota=1000, asks=False)

    [release], [same] = ([item for item in command if item.startswith("ReleaseSha=")] for command in (asking, silent))
    assert release == same
    assert len(release) == len("ReleaseSha=") + 64
    assert "--no-confirm-changeset" in silent
    assert silent[silent.index("--role-arn") + 1].endswith(":role/formation")
    assert not {"--no-confirm-changeset", "--role-arn"} & set(asking)


@pytest.mark.parametrize(("quota", "taken"), [(10, 4), (50, 16), (100, 36), (199, 64), (1, 1)])
def test_in_a_small_account_the_pipeline_leaves_room_for_questions(quota: int, taken: int) -> None:
    command = deploy.deploy_command(PROD, version="", architecture="x86_64", quota=quota)
    given = dict(item.split("=", 1) for item in command if item.startswith(("RunningDocuments", "EmbeddingLanes")))

    assert int(given["RunningDocuments"]) * int(given["EmbeddingLanes"]) == taken <= max(1, quota / 2)


@pytest.mark.parametrize(("quota", "waiting"), [(10, 2), (1, 1), (199, 39)])
def test_in_a_small_account_waiting_calls_leave_room_for_questions(quota: int, waiting: int) -> None:
    command = deploy.deploy_command(PROD, version="", architecture="x86_64", quota=quota)

    assert f"WaitingCalls={waiting}" in command


def test_in_a_large_account_the_template_s_own_numbers_hold() -> None:
    command = deploy.deploy_command(PROD, version="", architecture="x86_64", quota=200)

    assert not [item for item in command if item.startswith(("RunningDocuments", "EmbeddingLanes", "WaitingCalls"))]


@pytest.mark.parametrize("stage", deploy.STAGES)
def test_every_stage_names_itself_and_a_stack_of_its_own(stage: str) -> None:
    assert f"Stage={stage}" in deploy.parameter_overrides(stage)
    assert deploy.stack_name(stage) == f"voicehelper-{stage}"


def test_the_database_is_checked_by_the_authorities_that_the_layer_has(tmp_path: Path) -> None:
    assert deploy.checked_database(tmp_path) == {}

    (tmp_path / "BaseLayer" / "python").mkdir(parents=True)
    (tmp_path / "BaseLayer" / "python" / "rds-bundle.pem").touch()

    assert deploy.checked_database(tmp_path) == {"DatabaseCaFile": "/opt/python/rds-bundle.pem"}


def test_a_trained_reader_is_used_where_its_layer_has_weights(tmp_path: Path) -> None:
    (tmp_path / "ReaderLayer").mkdir()
    (tmp_path / "ReaderLayer" / "no-weights.txt").touch()

    assert deploy.trained_reader(tmp_path) == {}

    (tmp_path / "ReaderLayer" / "reader.safetensors").touch()

    assert deploy.trained_reader(tmp_path) == {"ReaderWeights": "/opt/reader.safetensors"}
