"""template.yaml as CloudFormation gets it, for checks outside the emulator's environment.

Entry: ``transformed()``; it calls ``infra.sam_transform`` with the emulator's interpreter, which has SAM's translator.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from infra import template
from infra.local.paths import EMULATOR_PYTHON, ROOT


class TransformError(Exception):
    """SAM refused the template; the message ends as its own does."""


def transformed(document: dict[str, Any] | None = None) -> dict[str, Any]:
    """The expanded template, with the parameters' defaults; ``document`` is template.yaml where none is given.

    FileNotFoundError without the emulator's environment, TransformError where SAM refuses.
    """
    done = subprocess.run(
        [str(EMULATOR_PYTHON), "-m", "infra.sam_transform"],
        input=json.dumps(document or template.read().document),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    if done.returncode:
        raise TransformError(done.stderr[-2000:])
    return dict(json.loads(done.stdout))
