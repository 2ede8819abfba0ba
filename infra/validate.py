"""`make validate`, second half: cfn-lint and checkov over the sources and over what SAM's transform makes of them.

Entry: ``main``. SAM adds roles, permissions and policies that the sources do not show. What checkov may report without
failing stands in infra/checkov.yaml, each with its reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.local.paths import LOCAL, ROOT
from infra.transformed import transformed

_NAMES: Final = (
    "template.yaml",
    "infra/alarms.yaml",
    "infra/database.yaml",
    "infra/network.yaml",
    "infra/scaling.yaml",
    "infra/search.yaml",
)
SOURCES: Final = tuple(ROOT / name for name in _NAMES)
TRANSFORMED: Final = LOCAL / "validate" / "transformed.json"


def write_transformed(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(transformed(), indent=0), "utf-8")  # indents alone would be over the limit of 1 MB
    return path


def commands(files: list[Path]) -> dict[str, list[str]]:
    """Each tool's command line, by its name."""
    names = [str(file.relative_to(ROOT)) for file in files]
    checkov = [str(LOCAL / "checkov" / "bin" / "checkov"), "--config-file", "infra/checkov.yaml"]
    return {
        # `sam validate --lint` has run it over template.yaml.
        "cfn-lint": [str(Path(sys.executable).with_name("cfn-lint")), *names[1:]],
        "checkov": [*checkov, *(part for name in names for part in ("--file", name))],
    }


def main() -> int:
    failed = 0
    for tool, command in commands([*SOURCES, write_transformed(TRANSFORMED)]).items():
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        print(f"{tool}: {'failed' if code else 'nothing but named exceptions'}")
        failed |= code
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
