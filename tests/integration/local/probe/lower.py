"""Lowers <folder>/template.yaml; prints [resources, {key: uploaded bytes in base64}]."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from infra import template
from infra.local import lowering
from infra.sam_transform import parameter_values


def main(root: Path) -> list[object]:
    uploads: dict[str, str] = {}

    def upload(name: str, body: bytes) -> dict[str, str]:
        key = f"{len(uploads)}-{name}"
        uploads[key] = base64.b64encode(body).decode()
        return {"Bucket": "b", "Key": key}

    document = template.read(root / "template.yaml").document
    values = parameter_values(document, {"AwsEndpointUrl": "http://e"})
    lowering.run_from_folders(document, values, root=root, python=Path("/p/python"), upload=upload)
    lowering.upload_definitions(document, root=root, upload=upload, max_concurrency=2)
    return [lowering.expand(document, values)["Resources"], uploads]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
