"""The process that stands for a container of `sam local`: serves one function's handler as AWS's emulator in the image
does, in exactly the environment that Docker was given, and knows the hosts that `--add-host` named.

Run by ``docker.FakeDocker``: ``python container.py PORT HANDLER HOSTS_AS_JSON``.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any


def know(hosts: dict[str, str]) -> None:
    """As the file /etc/hosts of a container; libpq looks names up by itself."""
    look_up: Any = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *others, **named: look_up(hosts.get(host, host), *others, **named)
    [os.environ["PGHOSTADDR"]] = hosts.values()


def main(port: int, handler: str, hosts: dict[str, str]) -> None:
    know(hosts)
    module, _, name = handler.rpartition(".")
    call = getattr(importlib.import_module(module), name)

    class Invocations(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["content-length"])))
            context = SimpleNamespace(
                aws_request_id=str(uuid.uuid4()),
                function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
                get_remaining_time_in_millis=lambda: 20_000,
            )
            try:
                answer = call(event, context)
            except Exception as error:  # noqa: BLE001 - any error is an answer, as the runtime's
                answer = {"errorMessage": str(error), "errorType": type(error).__name__}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    HTTPServer(("127.0.0.1", port), Invocations).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
