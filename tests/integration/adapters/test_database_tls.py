"""With authorities given, the handle connects to the server they certify, by its name, and to no other.

A real PostgreSQL behind a listener that speaks TLS as PostgreSQL does, because the embedded server is built without it.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict
from voicehelper.adapters.database import Database
from voicehelper.adapters.database_address import database_dsn, iam_dsn
from voicehelper.errors import UpstreamUnavailableError

from tests.support.certificates import Authority, serve_tls

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make certificates with")

REQUEST_BYTES = 8  # of SSLRequest: https://www.postgresql.org/docs/16/protocol-message-formats.html


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture
def secret(database_url: str, authority: Authority) -> Iterator[dict[str, Any]]:
    """What RDS keeps of a server whose certificate says localhost."""
    yield from _served(database_url, authority.certify("localhost"))


@pytest.fixture
def misnamed(database_url: str, authority: Authority) -> Iterator[dict[str, Any]]:
    yield from _served(database_url, authority.certify("other.invalid"))


def _served(database_url: str, certificate: Path) -> Iterator[dict[str, Any]]:
    given = conninfo_to_dict(database_url)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    upstream = (str(given["host"]), int(str(given["port"])))
    with serve_tls(context, upstream, _agree_to_tls) as port:
        yield {
            "host": "localhost",
            "port": port,
            "dbname": given["dbname"],
            "username": given["user"],
            "password": given["password"],
        }


def _agree_to_tls(client: socket.socket) -> None:
    client.recv(REQUEST_BYTES)
    client.sendall(b"S")


def answer(secret: dict[str, Any], ca_file: Path | str) -> int:
    database = Database(lambda: database_dsn(secret, login="", ca_file=str(ca_file)))
    try:
        with database.transaction() as tx:
            return tx.count("SELECT 7")
    finally:
        database.close()


def test_a_server_of_the_right_authority_and_name_is_trusted(secret: dict[str, Any], authority: Authority) -> None:
    assert answer(secret, authority.file) == 7


def test_without_authorities_the_connection_is_encrypted_and_not_checked(misnamed: dict[str, Any]) -> None:
    assert answer(misnamed, "") == 7


def test_a_server_of_another_name_is_refused_at_once(misnamed: dict[str, Any], authority: Authority) -> None:
    started = time.monotonic()
    with pytest.raises(UpstreamUnavailableError) as refused:
        answer(misnamed, authority.file)

    assert refused.value.code == "UPSTREAM_UNAVAILABLE", "it does not wake up: it is another"
    assert time.monotonic() - started < 3


def test_a_server_of_another_authority_is_refused_at_once(secret: dict[str, Any], tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(UpstreamUnavailableError):
        answer(secret, Authority(tmp_path / "another").file)

    assert time.monotonic() - started < 10


def test_a_file_that_the_layer_lacks_is_no_reason_to_trust_anybody(secret: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UpstreamUnavailableError):
        answer(secret, tmp_path / "missing.pem")


@pytest.mark.parametrize(("ca_file", "mode"), [("", "require"), ("/opt/python/rds-bundle.pem", "verify-full")])
def test_signing_in_by_a_token_checks_alike(ca_file: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")

    given = conninfo_to_dict(iam_dsn("cluster.invalid", login="voicehelper_api", ca_file=ca_file))

    assert (given["sslmode"], given.get("sslrootcert", "")) == (mode, ca_file)
