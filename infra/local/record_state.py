"""Records what a release leaves behind, for the test that later code starts on it: `make run`, then

    python -m infra.local.record_state v1.2.0

It makes one workspace with a base of three documents on the running stack, asks it three questions, and writes the
backup and the answers to tests/integration/sql/states. Entry: ``record``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx

from infra.deploy import code_version
from infra.local.backup.take import take
from infra.local.paths import DEFAULT_STATE, ROOT, State
from infra.local.processes import StackError

STATES: Final = ROOT / "tests" / "integration" / "sql" / "states"
ACCOUNT: Final = {"email": "recorded@example.com", "password": "Quiet-River-7"}
BASE: Final = "handbook"
DOCUMENTS: Final = {
    "Parking fees.md": "# Parking fees\n\nThe parking permit costs 25 euros per month.\n",
    "门禁.md": "# 门禁\n\n访客须在前台登记后领取临时门禁卡，有效期为当日 18:00。\n",
    "Canteen.md": "# Canteen\n\nThe canteen opens at 11:30 and closes at 14:00.\n",
}
QUESTIONS: Final = (
    "What does the parking permit cost per month?",
    "访客的临时门禁卡有效期到什么时候？",
    "When does the canteen open?",
)
_LIMIT_S: Final = 120.0


def record(base_url: str, state: State, name: str, folder: Path = STATES) -> list[Path]:
    """The files that were written. StackError where something does not answer as it should."""
    with httpx.Client(base_url=f"{base_url}/api/v1", timeout=60, headers={"accept-language": "en"}) as service:
        _call(service, "POST", "/auth/register", json={**ACCOUNT, "username": "recorded"})
        token = _call(service, "POST", "/auth/login", json=ACCOUNT)["access_token"]
        service.headers["authorization"] = f"Bearer {token}"
        kb_id = _call(service, "POST", "/knowledge/bases", json={"name": BASE, "display_name": BASE})["id"]
        for filename, text in DOCUMENTS.items():
            _add(service, kb_id, filename, text.encode())
        answers = [_ask(service, kb_id, question) for question in QUESTIONS]
    said = {"release": code_version(), "kb_id": kb_id, "answers": answers}
    told, backup = folder / f"{name}.json", folder / f"{name}.backup"
    told.parent.mkdir(parents=True, exist_ok=True)
    told.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [told, take(state, backup)]


def _call(service: httpx.Client, method: str, path: str, **more: Any) -> dict[str, Any]:
    response = service.request(method, path, **more)
    if not response.is_success:
        raise StackError(f"{method} {path}: {response.status_code} {response.text[:200]}")
    return dict(response.json())


def _add(service: httpx.Client, kb_id: str, filename: str, body: bytes) -> None:
    form: dict[str, Any] = {"files": {"file": (filename, body, "text/markdown")}, "data": {"metadata": "{}"}}
    document_id = _call(service, "POST", f"/knowledge/bases/{kb_id}/documents", **form)["document_id"]
    deadline, status = time.monotonic() + _LIMIT_S, "processing"
    while status == "processing" and time.monotonic() < deadline:
        time.sleep(0.3)
        status = _call(service, "GET", f"/knowledge/documents/{document_id}/status")["status"]
    if status != "indexed":
        raise StackError(f"{filename} is {status}")


def _ask(service: httpx.Client, kb_id: str, question: str) -> dict[str, Any]:
    answer = _call(service, "POST", "/rag/query", json={"kb_id": kb_id, "query": question})
    return {"query": question, "answer": answer["answer"], "document_id": answer["sources"][0]["document_id"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="of the release")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE.folder)
    options = parser.parse_args()
    state = State(options.state.resolve())
    try:
        base_url = str(json.loads(state.facts.read_text("utf-8"))["base_url"])
        for path in record(base_url, state, options.name):
            print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
    except (StackError, OSError, httpx.HTTPError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
