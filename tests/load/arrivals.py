"""Requests at the moments of a schedule, over as many connections as it takes. Entry: ``offer``."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx

PATIENCE_S: Final = 60.0  # twice what the gateway waits
ANSWERED, REFUSED, RAW, UNANSWERED = "answered", "refused with a time to come back", "raw", "unanswered"


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """``waited_s`` counts from the moment the request was due, not from when it could be sent."""

    outcome: str
    waited_s: float
    status: int = 0
    code: str = ""


@dataclass(frozen=True)
class Offered:
    """``rate`` in requests a second; ``took_s`` until the last had been heard of."""

    rate: float
    samples: Sequence[Sample]
    took_s: float

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(sample.outcome for sample in self.samples)

    def percentile(self, share: float) -> float:
        """Seconds, of those that were answered; the patience where none was."""
        waited = sorted(sample.waited_s for sample in self.samples if sample.outcome == ANSWERED)
        return waited[min(len(waited) - 1, int(share * len(waited)))] if waited else PATIENCE_S


def moments(random: Random, *, rate: float, seconds: float) -> Iterator[float]:
    """A Poisson process: callers do not know of each other."""
    at = random.expovariate(rate)
    while at < seconds:
        yield at
        at += random.expovariate(rate)


def offer(
    base_url: str, headers: Mapping[str, str], calls: Iterable[Call], *, rate: float, seconds: float, random: Random
) -> Offered:
    due = list(moments(random, rate=rate, seconds=seconds))
    return asyncio.run(_offer(base_url, headers, list(zip(due, calls, strict=False)), rate))


async def _offer(base_url: str, headers: Mapping[str, str], plan: Sequence[tuple[float, Call]], rate: float) -> Offered:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(
        base_url=base_url, headers=dict(headers), timeout=PATIENCE_S, limits=limits, trust_env=False
    ) as client:
        started = time.perf_counter()
        samples = await asyncio.gather(*(_at(client, started + due, call) for due, call in plan))
        return Offered(rate, samples, time.perf_counter() - started)


async def _at(client: httpx.AsyncClient, due: float, call: Call) -> Sample:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    try:
        response = await client.request(call.method, call.path, json=call.body)
    except httpx.HTTPError as error:
        return Sample(UNANSWERED, time.perf_counter() - due, code=type(error).__name__)
    return judged(response, time.perf_counter() - due)


def judged(response: httpx.Response, waited_s: float) -> Sample:
    """A refusal in good form is 429 or 503, in the product's shape, with a time to come back."""
    if response.is_success:
        return Sample(ANSWERED, waited_s, response.status_code)
    try:
        code = str(response.json()["code"])
    except (json.JSONDecodeError, KeyError, TypeError):
        code = ""
    in_form = bool(code) and response.status_code in (429, 503) and "retry-after" in response.headers
    return Sample(REFUSED if in_form else RAW, waited_s, response.status_code, code or response.text[:60])


def questions_to(kb_id: str, texts: Sequence[str]) -> Iterator[Call]:
    """Without end, none asked twice, so that no cached vector or answer helps."""
    for number, text in enumerate(itertools.cycle(texts)):
        body = {"kb_id": kb_id, "query": f"Ticket {number}. {text}", "use_cache": False}
        yield Call("POST", "/api/v1/rag/query", body)
