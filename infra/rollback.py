"""`make rollback STAGE=dev`: deploys a stage again as it was before the last deployment from here. Entry: ``main``."""

from __future__ import annotations

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.deploy import STAGES, chosen_region, find_target, formation_role
from infra.release import kept, memory_of, roll_back, sam_bucket


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    stage = parser.parse_args(arguments).stage
    before = kept(memory_of(stage))
    if before is None:
        print(f"{memory_of(stage)} is not there: nothing was deployed from here, or there was nothing before it")
        return 1
    try:
        target = find_target(stage, chosen_region())
        print(target)
        bucket = sam_bucket(region_name=target.region)
        roll_back(before, bucket=bucket, role=formation_role(), region_name=target.region)
    except (BotoCoreError, ClientError, WaiterError) as error:
        print(f"{before.stack} was not rolled back: {error}")
        return 1
    print(f"{before.stack} is as it was: version {before.parameters.get('ServiceVersion', 'unknown')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
