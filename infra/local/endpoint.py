"""The emulator's address, and the access key that opens it: drawn at each start, known to the stack's own parts.

Entry: ``Endpoint``. The launcher draws one; others on the same machine read it from the state folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Final

from infra.local.paths import State
from infra.local.processes import StackError

# The emulator gives this key id to its functions: the number of the account that everything belongs to.
ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
# The front door's proof, in a header of its own because Authorization carries the caller's token.
FRONT_DOOR_HEADER: Final = "x-voicehelper-front-door"
FRONT_DOOR_TOKEN_VARIABLE: Final = "FRONT_DOOR_TOKEN"  # noqa: S105 - a variable's name
# The names under which this machine reaches itself, and browsers know the front door.
FRONT_DOOR_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")


def draw_secret() -> str:
    return secrets.token_urlsafe(30)


def front_door_token(secret_access_key: str) -> str:
    """Opens the API and nothing else, so that the front door need not know the key."""
    return hmac.new(secret_access_key.encode(), b"front door", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    secret_access_key: str = field(repr=False)
    access_key_id: str = ACCOUNT

    @classmethod
    def of(cls, state: State) -> Endpoint:
        """Of the stack that runs with this state folder. Raises StackError where none has run."""
        try:
            facts = json.loads(state.facts.read_text("utf-8"))
            return cls(facts["endpoint_url"], facts["secret_access_key"], facts["access_key_id"])
        except (OSError, ValueError, KeyError) as error:
            raise StackError("It is not running. Start with `make run`.") from error

    @property
    def environment(self) -> dict[str, str]:
        """The key as every AWS client looks for it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            config=Config(signature_version="s3v4") if service == "s3" else None,  # presigned URLs would be older
        )

    def get(self, url: str, *, timeout_s: float = 10) -> bytes:
        """Fetch what no AWS client asks for: the emulator's own paths. Raises OSError where it is refused."""
        request = urllib.request.Request(url, headers=self.signed_headers(url))
        with urllib.request.urlopen(request, timeout=timeout_s) as response:
            return bytes(response.read())

    def signed_headers(self, url: str) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest("GET", url)
        sign: Any = SigV4Auth(Credentials(self.access_key_id, self.secret_access_key), "execute-api", REGION)
        sign.add_auth(request)
        return {str(name): str(value) for name, value in request.headers.items()}
