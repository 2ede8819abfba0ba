"""What the emulator keeps when it is killed before it has written everything."""

from __future__ import annotations

from pathlib import Path

from infra.local import emulator
from infra.local.processes import stop
from tests.integration.local.conftest import deploy_probe, running_probe


def test_a_stack_that_was_lost_is_deployed_again_over_its_bucket_and_files(tmp_path: Path) -> None:
    with running_probe(tmp_path) as probe:
        bucket = probe.ids["Files"]
        probe.client("s3").put_object(Bucket=bucket, Key="kept.txt", Body=b"kept")
        stop(probe.running.process)
        (probe.state.aws / "state" / "cloudformation.json").unlink()

        probe.running = emulator.start(probe.state)
        try:
            assert probe.client("cloudformation").describe_stacks()["Stacks"] == []
            probe.ids = deploy_probe(probe.endpoint)
            assert probe.ids["Files"] == bucket
            assert probe.client("s3").get_object(Bucket=bucket, Key="kept.txt")["Body"].read() == b"kept"
            assert probe.call("GET", "/health").status_code == 200
        finally:
            stop(probe.running.process)
