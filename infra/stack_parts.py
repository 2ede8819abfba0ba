"""What a deployed stack consists of. Entries: ``parts_of``, ``physical_ids``.

By ListStackResources, which has pages: DescribeStackResources gives the first hundred, and the product has more.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """What it is called in the template, what it is, and its name, which is empty until it is made."""

    logical_id: str
    kind: str
    name: str


def parts_of(cloudformation: Any, stack: str) -> Iterator[Part]:
    """ClientError where there is no such stack."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for item in page["StackResourceSummaries"]:
            yield Part(item["LogicalResourceId"], item["ResourceType"], item.get("PhysicalResourceId", ""))


def physical_ids(cloudformation: Any, stack: str) -> dict[str, str]:
    """Names by logical id."""
    return {part.logical_id: part.name for part in parts_of(cloudformation, stack)}
