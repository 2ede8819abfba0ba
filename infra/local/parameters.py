"""The template's parameters that follow from how `make run` was called. Entries: what ``stack`` puts together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.local import postgres
from infra.local.alarms.watching import CLUSTER
from infra.local.paths import READER_WEIGHTS
from infra.local.processes import StackError


def read_models(path: Path) -> dict[str, Any]:
    """The model catalogue in a file, with keys under "keys", maybe "monthly_budget_usd", "agents" and "oidc"."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise StackError(f"{path} is not a readable model catalogue: {error}") from error


def of_the_reader() -> dict[str, str]:
    return {"ReaderWeights": str(READER_WEIGHTS)} if READER_WEIGHTS.exists() else {}


def of_pictures(models: Path | None) -> dict[str, str]:
    """A model for pictures in the catalogue reads them."""
    catalogue = read_models(models) if models else {}
    return {"Recogniser": "chat_model"} if catalogue.get("picture") else {}


def of_mail(smtp_url: str) -> dict[str, str]:
    return {"SmtpUrl": smtp_url, "MailSender": "voicehelper@localhost.localdomain"} if smtp_url else {}


def of_alarms(times: str) -> dict[str, str]:
    watched = {"DatabaseClusterId": CLUSTER, "DatabaseMaxConnections": str(postgres.MAX_CONNECTIONS)}
    return watched | ({"AlarmTimes": times} if times else {})
