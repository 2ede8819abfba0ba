"""SAM's own transform: from the serverless template to the CloudFormation resources that are deployed.

Entry: ``transform()``, for the local deployment; ``python -m infra.sam_transform`` reads a parsed template as JSON and
prints the expanded one, for tests. Run by the emulator's interpreter: the translator pins an older pydantic than the
product's, so it is not in the application's environment.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator asks boto3 for the partition

from samtranslator.translator.transform import transform as translate

Document = dict[str, Any]


def parameter_values(document: Document, given: dict[str, str]) -> dict[str, Any]:
    """Every parameter's value as the transform wants it: lists as lists."""
    values = {name: given.get(name, spec.get("Default", "")) for name, spec in document["Parameters"].items()}
    lists = {name for name, spec in document["Parameters"].items() if spec["Type"] == "CommaDelimitedList"}
    return {name: str(value).split(",") if name in lists else value for name, value in values.items()}


def transform(document: Document, values: dict[str, Any]) -> Document:
    """The expanded template; ``document`` is changed on the way. Raises InvalidDocumentException."""
    no_managed_policies = type("NoManagedPolicies", (), {"load": staticmethod(dict)})()
    expanded: Document = translate(document, values, no_managed_policies)
    return expanded


def name_artifacts(document: Document) -> None:
    """Put an object of S3 in place of every local folder and file, as `sam package` would."""
    for properties in (
        document.get("Globals", {}).get("Function", {}),
        *(resource.get("Properties", {}) for resource in document["Resources"].values()),
    ):
        for key in ("CodeUri", "ContentUri", "DefinitionUri"):
            if key in properties:
                properties[key] = "s3://artifacts/key"
        if "TemplateURL" in properties:
            properties["TemplateURL"] = "https://artifacts.s3.amazonaws.com/key"


if __name__ == "__main__":
    template: Document = json.load(sys.stdin)
    name_artifacts(template)
    json.dump(transform(template, parameter_values(template, {})), sys.stdout)
