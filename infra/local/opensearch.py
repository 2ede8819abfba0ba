"""A real OpenSearch node on this machine, for tests and for ``make run OPENSEARCH=1``: Java 17 and Maven are enough.

Entry: ``start``. ``opensearch_node/pom.xml`` pins what a node consists of; Maven fetches it once, 90 MB, into .local.
k-NN has its Lucene engine alone here: an index of the engine faiss is acknowledged, and its first write hangs.
``python -m infra.local.opensearch`` runs a node in the foreground.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.paths import LOCAL, ROOT
from infra.local.processes import StackError, free_port, stop

_NODE: Final = ROOT / "infra" / "local" / "opensearch_node"
_HOME: Final = LOCAL / "opensearch"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_MEMORY: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms256m", "-Xmx512m")
_READY_WITHIN_S: Final = 60.0
_FETCHED_WITHIN_S: Final = 600.0
DEFAULT_PORT: Final = 9200


@dataclass(frozen=True, slots=True)
class Node:
    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        stop(self.process)


def start(
    folder: Path, *, port: int = 0, owner: int | None = None, fetched_within_s: float = _FETCHED_WITHIN_S
) -> Node:
    """A node whose data is in ``folder``, ready for calls; it ends with the process ``owner``, by default this one.

    StackError without Java, or where its parts can neither be found nor fetched in time; the next call goes on with it.
    """
    jars = _parts(fetched_within_s)
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port(port)
    owned = [str(port), str(folder), str(owner or os.getpid())]
    with (folder / "node.log").open("ab") as log:
        process = subprocess.Popen(
            ["java", *_MEMORY, "-cp", f"{jars}/*", str(_NODE / "Node.java"), *owned],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )
    node = Node(f"http://127.0.0.1:{port}", process)
    _wait_until_ready(node, folder / "node.log")
    return node


def _wait_until_ready(node: Node, log: Path) -> None:
    ends_at = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < ends_at:
        if node.process.poll() is not None:
            raise StackError(f"OpenSearch ended at its start. Its output: {log}")
        if _is_ready(node.url):
            return
        time.sleep(0.1)
    node.stop()
    raise StackError(f"OpenSearch was not ready within {_READY_WITHIN_S:.0f} s. Its output: {log}")


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=5) as response:
            return json.load(response)["status"] in ("green", "yellow")
    except (OSError, ValueError):
        return False


def _parts(within_s: float) -> Path:
    """The folder with every jar; two processes do not fetch at once, and half a folder is never used."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise StackError(f"OpenSearch needs Java 17 and Maven here, and there is no `{tool}`.")
    digest = hashlib.sha256((_NODE / "pom.xml").read_bytes()).hexdigest()[:12]
    jars = _HOME / f"jars-{digest}"
    _HOME.mkdir(parents=True, exist_ok=True)
    with (_HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            _fetch(jars, within_s)
    return jars


def _fetch(jars: Path, within_s: float) -> None:
    half = jars.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(_NODE / "pom.xml"), f"-Dmaven.repo.local={_HOME / 'repository'}"]
    copy = [*command, _COPY, f"-DoutputDirectory={half}"]
    try:
        done = subprocess.run(copy, capture_output=True, text=True, check=False, timeout=within_s)
    except subprocess.TimeoutExpired as error:
        raise StackError(f"Maven has not fetched OpenSearch within {within_s:.0f} s.") from error
    if done.returncode:
        raise StackError(f"Maven could not fetch OpenSearch: {_reason(done.stdout)}")
    for plugin in half.glob("*.zip"):
        with zipfile.ZipFile(plugin) as archive:
            archive.extractall(half, [name for name in archive.namelist() if name.endswith(".jar")])
    half.rename(jars)


def _reason(output: str) -> str:
    """The first error; Maven colours the beginning of its output even in batch mode."""
    errors = (line.partition("[ERROR]")[2].strip() for line in output.splitlines())
    return next((error[:200] for error in errors if error), "it did not say why")


def main() -> None:
    try:
        node = start(LOCAL / "state" / "opensearch", port=DEFAULT_PORT)
    except StackError as error:
        sys.exit(str(error))
    print(f"OpenSearch 2.19 answers at {node.url}; Ctrl-C stops it.")
    try:
        node.process.wait()
    except KeyboardInterrupt:
        node.stop()


if __name__ == "__main__":
    main()
