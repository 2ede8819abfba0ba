"""Lowers <folder>/template.yaml; prints [resources, {key: uploaded bytes in base64}]."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from infra.local import lowering


def main(root: Path) -> list[object]:
    uploads: dict[str, str] = {}

    def upload(name: str, body: bytes) -> dict[str, str]:
        key = f"{len(uploads)}-{name}"
        uploads[key] = base64.b64encode(body).decode()
        return {"Bucket": "b", "Key": key}

    template = lowering.read_template(root / "template.yaml")
    values = lowering.parameter_values(template, {"AwsEndpointUrl": "http://e"})
    lowering.run_from_folders(template, root=root, python=Path("/p/python"), upload=upload)
    lowering.upload_definitions(template, root=root, upload=upload, max_concurrency=2)
    return [lowering.expand(template, values)["Resources"], uploads]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
