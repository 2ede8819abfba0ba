"""The variables that the template gives every function, for code that runs outside Lambda."""

from __future__ import annotations

import os
from typing import Final

VARIABLES: Final = {
    "STAGE": "local",
    "SERVICE_VERSION": "0",
    "DATABASE_SECRET_NAME": "database",
    "DATABASE_USER": "voicehelper_api",
    "SIGNING_KEY_PARAMETER": "/keys/signing",
    "LINK_KEY_PARAMETER": "/keys/links",
    "WEBHOOK_KEY_PARAMETER": "/keys/webhooks",
    "REVOKED_FAMILY_TABLE": "revoked",
    "CONTENT_BUCKET": "content",
    "AGENT_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:agents",
    "INGESTION_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:ingestion",
    "UPLOAD_QUEUE_URL": "http://127.0.0.1:1/upload",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# No setting of the product: NumPy and the built-in models read it. Threads that spin beside a busy neighbour make an
# embedding ten times as slow.
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1"}


def set_variables() -> None:
    """Those that are not set already."""
    for name, value in (VARIABLES | ONE_THREAD).items():
        os.environ.setdefault(name, value)
