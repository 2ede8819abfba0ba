"""Deploys the probe the way the product is deployed; run by the emulator's interpreter.

Arguments: endpoint URL, interpreter of the functions. Prints physical ids by logical id as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from infra import template
from infra.local import lowering
from infra.local.deploy import Deployment
from infra.sam_transform import parameter_values

HERE = Path(__file__).parent


def main(endpoint_url: str, python: str) -> dict[str, str]:
    document = template.read(HERE / "template.yaml").document
    deployment = Deployment(endpoint_url)
    values = parameter_values(document, {"AwsEndpointUrl": endpoint_url})
    lowering.run_from_folders(document, values, root=HERE, python=Path(python), upload=deployment.upload)
    lowering.upload_definitions(document, root=HERE, upload=deployment.upload, max_concurrency=8)
    deployment.apply(lowering.expand(document, values), values)
    api = f"{endpoint_url}/_aws/execute-api/{lowering.api_id('Api')}/$default"
    return {**deployment.resources(), "api_url": api}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
