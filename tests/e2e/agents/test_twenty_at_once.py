"""Twenty callers who wait for their tasks at the same moment, and somebody who asks a question meanwhile."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.agents.test_agent_routes import RESULT, until
from tests.support.client import Client

CALLERS = 20


def test_all_are_answered_or_told_where_to_ask_and_questions_stay_answered(client: Client) -> None:
    kb_id = client.create_base_of("twenty", "travel.md", "# Travel\n\nThe hotel allowance is 350 yuan a night.\n")
    together = threading.Barrier(CALLERS + 1)

    def execute(number: int) -> tuple[int, dict[str, object]]:
        task = f"What is the hotel allowance for {number + 2} nights?"
        body = {"task": task, "tools": ["knowledge_base", "calculator"], "kb_ids": [kb_id]}
        together.wait()
        answer = client.call("POST", "/api/v1/agent/execute", json=body)
        while answer.status_code in (429, 503):  # a busy machine says when to come again
            time.sleep(int(answer.headers["retry-after"]))
            answer = client.call("POST", "/api/v1/agent/execute", json=body)
        return answer.status_code, answer.json()

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = [pool.submit(execute, number) for number in range(CALLERS)]
        together.wait()
        question = {"query": "What is the hotel allowance?", "kb_id": kb_id}
        asked = [client.call("POST", "/api/v1/rag/query", json=question) for _ in range(3)]
        results = [answer.result() for answer in answers]

    assert {answer.status_code for answer in asked} == {200}
    assert {status for status, _ in results} <= {200, 202}
    for status, shown in results:
        assert set(shown) >= (RESULT if status == 200 else {"task_id", "status", "status_url"})
        ended = until(client, f"/api/v1/agent/tasks/{shown['task_id']}", lambda task: task["status"] != "running")
        assert ended["status"] == "completed"
