"""Callers who ask for facts while something is away, and what they were told."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx

from tests.support.client import Client

PUMPS: Final = (
    "Amber",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbor",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Lotus",
)
PATIENCE_S: Final = 60.0


def pressure_of(number: int) -> int:
    return 100 + 7 * number


def page_of(number: int) -> bytes:
    name = PUMPS[number % len(PUMPS)]
    return f"# Pump {name}\n\nThe {name} pump stops at {pressure_of(number)} kPa. It was built in Bremen.\n".encode()


@dataclass
class Callers:
    """``told`` counts by status and code; ``wrong`` holds an answer that is none of the facts, or has no shape."""

    client: Client
    kb_id: str
    seed: int
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, count: int = 3) -> None:
        for number in range(count):
            thread = threading.Thread(target=self._ask_on, args=(Random(self.seed + number),), daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE_S + 5)

    def _ask_on(self, random: Random) -> None:
        while not self._ended.is_set():
            self.ask(random.randrange(len(PUMPS)))
            self._ended.wait(random.uniform(0.2, 0.6))

    def ask(self, number: int) -> bool:
        """Whether the answer has the fact."""
        question = f"At what pressure does the {PUMPS[number]} pump stop?"
        body, started = {"kb_id": self.kb_id, "query": question, "use_cache": False}, time.monotonic()
        try:
            response = self.client.call("POST", "/api/v1/rag/query", json=body, timeout=PATIENCE_S)
        except httpx.HTTPError as error:
            self.wrong.append(f"no answer within {PATIENCE_S} s: {type(error).__name__}")
            return False
        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
        return self._judge(response, str(pressure_of(number)))

    def _judge(self, response: httpx.Response, fact: str) -> bool:
        if response.is_success:
            answer = str(response.json()["answer"])
            is_right = fact in answer
            self.told["answered" if is_right else "refused"] += 1
            if not is_right and "kPa" in answer:
                self.wrong.append(f"{answer[:200]} in place of {fact} kPa")
            return is_right
        code = _code(response)
        self.told[f"{response.status_code} {code}"] += 1
        if not code:
            self.wrong.append(f"{response.status_code} without a shape: {response.text[:200]}")
        return False


def _code(response: httpx.Response) -> str:
    """Of an error of the product, or the gateway's own message, which has no code."""
    try:
        body = json.loads(response.text)
        return str(body.get("code") or body.get("message") or "")
    except (ValueError, AttributeError):
        return ""
