"""A long scan through the whole local stack, which is killed (SIGKILL) and started again until the document has ended.

    python -m tests.benchmarks.recognition.long_document FOLDER [--pages 300] [--lines 10] [--within 240]

Each call starts the stack in FOLDER, uploads the document if it is the first one, and kills the stack after ``--within``
seconds. Once the document is indexed it says how long that took in all, the most memory of a process that recognises,
the events of the last execution, how many pages were read twice, and whether two of them are found.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]

from infra.local.endpoint import Endpoint
from infra.local.paths import ROOT
from infra.local.processes import free_port
from tests.support.client import Client, http_client
from tests.support.drawn.pages import draw_page

START_S: Final = 90
POLL_S: Final = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--within", type=float, default=240)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    run = Run(options.folder)
    try:
        has_ended = run.until_end(options.pages, options.lines, options.within)
    finally:
        run.kill()
    run.report()
    return 0 if has_ended else 75  # EX_TEMPFAIL: call again


class Run:
    """What is known of the document between calls stands in ``known.json``."""

    def __init__(self, folder: Path) -> None:
        self.state, self._known_path = folder / "state", folder / "known.json"
        self.known: dict[str, Any] = {"seconds": 0.0, "megabytes": 0, "kills": 0, "written": {}}
        if self._known_path.exists():
            self.known = json.loads(self._known_path.read_text("utf-8"))
        command = [sys.executable, "-m", "infra.local", "up", "--port", str(free_port()), "--state", str(self.state)]
        with (folder / "stack.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        self.facts = self._started()

    def _started(self) -> dict[str, Any]:
        """What the stack says of itself; the file of the last one stays, for its emulator's port."""
        path, deadline = self.state / "stack.json", time.monotonic() + START_S
        while True:
            facts = json.loads(path.read_text("utf-8")) if path.exists() else {}
            if facts.get("pid") == self.process.pid:
                return dict(facts)
            assert time.monotonic() < deadline, "the stack did not start"
            assert self.process.poll() is None, "the stack has ended"
            time.sleep(POLL_S)

    def until_end(self, pages: int, lines: int, within_s: float) -> bool:
        client = self._client()
        if "document" not in self.known:
            path = self.state / "long.pdf"
            path.write_bytes(long_scan(pages, lines))
            self.known |= {"kb": client.create_base("scans"), "pages": pages, "megabytes_of_file": _mb(path)}
            self.known["document"] = client.upload_directly(self.known["kb"], path)
        started = time.monotonic()
        while (status := client.status(self.known["document"]))["status"] == "processing":
            self.known["megabytes"] = max([self.known["megabytes"], *self._recognising_megabytes()])
            if time.monotonic() > started + within_s:
                break
            time.sleep(POLL_S)
        self.known["seconds"] += time.monotonic() - started
        self.known["status"] = status
        if status["status"] == "processing":
            return False
        self.known["events"] = self._events()
        self.known["found"] = [self._finds(client, number) for number in (pages // 3, pages - 1)]
        return True

    def _client(self) -> Client:
        """Of the user of the first call."""
        if "email" in self.known:
            client = Client.__new__(Client)  # its constructor registers
            client.http, client.email = http_client(self.facts["base_url"]), self.known["email"]
            client.sign_in()
            return client
        client = Client(self.facts["base_url"])
        self.known["email"] = client.email
        return client

    def _finds(self, client: Client, number: int) -> bool:
        answer = client.ask(self.known["kb"], f"Which valve belongs to section {number}?")
        return f"K-{7 * number:04}" in answer["answer"] and answer["sources"][0]["page"] == number

    def _events(self) -> int:
        """As the emulator writes them; some are missing, which ``infra.local.state_limits`` adds."""
        states = Endpoint(self.facts["endpoint_url"], self.facts["secret_access_key"]).client("stepfunctions")
        (machine,) = [m for m in states.list_state_machines()["stateMachines"] if "ngestion" in m["name"]]
        executions = states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        last = max(executions, key=lambda execution: execution["startDate"])["executionArn"]
        pages = states.get_paginator("get_execution_history").paginate(executionArn=last)
        return sum(len(page["events"]) for page in pages)

    def _recognising_megabytes(self) -> Iterator[int]:
        """Most resident memory of each process below this stack that recognises."""
        for pid in _descendants(self.process.pid):
            try:
                if b"parser_server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
                    yield int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024
            except (OSError, IndexError):
                continue

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        time.sleep(2)  # what it started ends with it
        self.known["kills"] += 1
        for path in (self.state / "aws").rglob("recognised/*/*/*.json"):
            if path.name.endswith(".meta.json"):
                continue
            times = self.known["written"].setdefault(path.name, [])
            if path.stat().st_mtime_ns not in times:
                times.append(path.stat().st_mtime_ns)
        self._known_path.write_text(json.dumps(self.known), "utf-8")

    def report(self) -> None:
        known = self.known
        twice = sum(len(times) > 1 for times in known["written"].values())
        print(f"{len(known['written'])} pages recognised, {twice} of them written twice; {known['kills']} kills")
        print(
            f"{known['seconds']:.0f} s in all; {known['megabytes']} MB at most; file {known['megabytes_of_file']:.0f} MB"
        )
        if "events" in known:
            print(f"{known['status']['status']}; {known['events']} events; found: {known['found']}")


def _mb(path: Path) -> float:
    return path.stat().st_size / 2**20


def _descendants(root: int) -> set[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text("ascii", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, size = {root}, 0
    while len(found) > size:
        size = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found - {root}


def long_scan(pages: int, lines: int) -> bytes:
    """A4 pages at 150 dpi as JPEG, each about a section and a valve of its own."""
    pdf = pypdfium2.PdfDocument.new()
    for number in range(1, pages + 1):
        text = [f"Section {number} is served by valve K-{7 * number:04}, which stands in bay {number % 40}."]
        text += [
            f"Line {line} of it was inspected on day {(number * line) % 360} of the year."
            for line in range(2, lines + 1)
        ]
        stream = io.BytesIO()
        draw_page(text, dpi=150).save(stream, "JPEG", quality=60)
        image = pypdfium2.PdfImage.new(pdf)
        image.load_jpeg(io.BytesIO(stream.getvalue()), inline=True)
        width, height = image.get_px_size()
        image.set_matrix(pypdfium2.PdfMatrix().scale(595, 595 * height / width))
        page = pdf.new_page(595, 595 * height / width)
        page.insert_obj(image)
        page.gen_content()
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
