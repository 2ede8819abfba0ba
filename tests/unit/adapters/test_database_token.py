from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from voicehelper.adapters.database_token import database_token

KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST, PORT, USER, REGION = "cluster.eu-west-1.rds.amazonaws.com", 5432, "voicehelper_api", "eu-west-1"
NOW = datetime(2025, 11, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("session", [None, "a+session/token=="])
def test_the_token_is_the_one_that_the_sdk_makes(monkeypatch: pytest.MonkeyPatch, session: str | None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    if session:
        monkeypatch.setenv("AWS_SESSION_TOKEN", session)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW)

    ours = _parts(database_token(host=HOST, port=PORT, user=USER, now=NOW))

    assert ours == _parts(_sdk_token(session))
    assert ours["X-Amz-Expires"] == ["900"]


def _parts(token: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(f"https://{token}").query)


def _sdk_token(session: str | None) -> str:
    client = boto3.client(
        "rds", region_name=REGION, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET, aws_session_token=session
    )
    return str(client.generate_db_auth_token(DBHostname=HOST, Port=PORT, DBUsername=USER))
