"""A stand-in for the AWS services that a function's first event calls: fixed answers over real sockets.

The functions measured sign, send and parse as on AWS; only what the services do themselves is left out.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Invoked = Callable[[Mapping[str, Any]], Mapping[str, Any]]
SIGNING_KEY, SIGNING_KEY_ID = "0123456789abcdef0123456789abcdef", "1"


@contextlib.contextmanager
def running_services(
    secrets: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, str], invoked: Invoked
) -> Iterator[str]:
    """The endpoint's URL; ``secrets`` and ``parameters`` by name, ``invoked`` runs the functions that are called."""

    class Services(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path.endswith("/invocations"):
                self._send(200, invoked(request))
            else:
                self._send(*_answer(self.headers["x-amz-target"].rpartition(".")[2], request, secrets, parameters))

        def log_message(self, *_: Any) -> None:
            """Keep the figures clean."""

        def _send(self, status: int, body: Mapping[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _answer(
    operation: str, request: Mapping[str, Any], secrets: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, str]
) -> tuple[int, Mapping[str, Any]]:
    if operation == "GetSecretValue" and request["VersionStage"] == "AWSCURRENT":
        return 200, {"VersionId": SIGNING_KEY_ID, "SecretString": json.dumps(secrets[request["SecretId"]])}
    if operation == "GetParameter":
        return 200, {"Parameter": {"Version": int(SIGNING_KEY_ID), "Value": parameters[request["Name"]]}}
    if operation == "Query":
        return 200, {"Items": [], "Count": 0}
    return 400, {"__type": "aws#ResourceNotFoundException"}
