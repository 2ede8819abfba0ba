"""Verifies AWS signatures (Signature Version 4) in headers, in presigned URLs and in S3's upload forms.

Entry: ``Signatures``, asked by the gate and by the emulator's form uploads. The emulator itself verifies only when it
enforces policies, and then takes some callers without a signature for the account's owner.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ministack.core import sigv4
from ministack.core.iam_evaluator import is_root_access_key, resolve_credential

Headers = Mapping[str, str]
Query = Mapping[str, list[str]]

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CLOCK_SKEW: Final = timedelta(minutes=15)
_LONGEST_PRESIGNED_S: Final = 7 * 24 * 3600
_HEX_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signatures:
    """Knows the drawn key, and the temporary ones that the emulator gives to functions when it enforces policies."""

    access_key_id: str
    secret_access_key: str

    def is_promising(self, headers: Headers) -> bool:
        """Whether it is worth to read the body that the header's signature covers."""
        return self._in_headers(headers) is not None

    def covers(self, method: str, raw_path: str, query: Query, headers: Headers, body: bytes) -> bool:
        """Whether the Authorization header signs this request with a key of ours."""
        signature, secret = self._in_headers(headers), self._secret_of(headers)
        if signature is None or secret is None or not _is_digest_of(headers.get("x-amz-content-sha256", ""), body):
            return False
        return sigv4.header_signature_failure(signature, secret, method, raw_path, query, headers, body) is None

    def covers_presigned(self, method: str, raw_path: str, query: Query, headers: Headers) -> bool:
        """Whether the URL is presigned with a key of ours, for S3, and its time is not over."""
        signature = sigv4.parse_query_signature(query)
        if isinstance(signature, tuple) or _first(query, "X-Amz-Algorithm") != _ALGORITHM:
            return False
        secret = self._secret(signature.access_key_id, _first(query, "X-Amz-Security-Token"))
        if secret is None or signature.service != "s3" or not _is_current(signature.amz_date, query):
            return False
        failure = sigv4.header_signature_failure(
            signature, secret, method, raw_path, query, headers, b"", presigned=True
        )
        return failure is None

    def cover_form(self, fields: Mapping[str, str]) -> bool:
        """Whether a key of ours signed the policy of an upload form, whose field names are in lower case."""
        scope = fields.get("x-amz-credential", "").split("/")
        secret = self._secret(scope[0], fields.get("x-amz-security-token", "")) if len(scope) == 5 else None
        if secret is None or fields.get("x-amz-algorithm") != _ALGORITHM or scope[3] != "s3":
            return False
        computed = sigv4.calculate_signature(secret, scope[1], scope[2], scope[3], fields.get("policy", ""))
        given = fields.get("x-amz-signature", "")
        return bool(_HEX_DIGEST.fullmatch(given)) and bool(sigv4.signatures_match(computed, given))

    def _in_headers(self, headers: Headers) -> Any:
        """The parts of a signature whose form and time are right; None otherwise."""
        if not headers.get("authorization", "").startswith(f"{_ALGORITHM} "):
            return None
        signature = sigv4.parse_header_signature(headers)
        if isinstance(signature, tuple) or "host" not in signature.signed_headers.split(";"):
            return None
        signed_at = _time(signature.amz_date)
        return signature if signed_at and abs(datetime.now(UTC) - signed_at) < _CLOCK_SKEW else None

    def _secret_of(self, headers: Headers) -> str | None:
        signature = self._in_headers(headers)
        return self._secret(signature.access_key_id, headers.get("x-amz-security-token", "")) if signature else None

    def _secret(self, access_key_id: str, session_token: str) -> str | None:
        if access_key_id == self.access_key_id:
            return self.secret_access_key
        if is_root_access_key(access_key_id):  # what else the emulator takes for the account's owner, as "test"
            return None
        credential = resolve_credential(access_key_id, session_token=session_token)
        return getattr(credential, "secret_access_key", None)


def _first(query: Query, name: str) -> str:
    return (query.get(name) or [""])[0]


def _is_digest_of(announced: str, body: bytes) -> bool:
    """True also for what is no digest: words such as UNSIGNED-PAYLOAD, which the signature covers as they are."""
    return not _HEX_DIGEST.fullmatch(announced) or hashlib.sha256(body).hexdigest() == announced


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_current(stamp: str, query: Query) -> bool:
    signed_at, life = _time(stamp), _first(query, "X-Amz-Expires")
    if signed_at is None or not re.fullmatch(r"[0-9]{1,6}", life) or int(life) > _LONGEST_PRESIGNED_S:
        return False
    return signed_at - _CLOCK_SKEW < datetime.now(UTC) <= signed_at + timedelta(seconds=int(life))
