"""Poison messages: none raises out of the consumer, none hides or delays its neighbours, none changes a row."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

from infra.local.redelivery import upload_event
from tests.drill.outcome import Outcome
from tests.drill.world import RECEIVES, Message, World, in_world, own_database
from tests.support.bases import Base, create_base, create_document

BODIES: Final = (
    "", " ", "null", "true", "0", "-1", "NaN", "1e999", '"text"', "[]", "[[]]", "{}", "{", "}", '{"a":', "\x00",
    "\ufeff{}", "[" * 5_000, "[" * 200_000, '{"a":' * 2_000, "9" * 5_000, '"\\ud800"', "<xml/>", "kind=purge",
    "' OR 1=1 --", "💥" * 2_000,
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    None, "", 0, -1, 1e308, True, [], {}, [None], "x", "../../etc/passwd", "' OR 1=1 --", "%00", "\u0000",
    "a" * 100_000, "00000000-0000-0000-0000-000000000000", {"tenant_id": {}}, [[[]]], "\ud83d", "２０２６",
)  # fmt: skip
KEYS: Final = ("kind", "kb_id", "tenant_id", "document_id", "watches", "Records", "requestPayload")
PATHS: Final = (
    "documents/{t}/{b}/{d}/../{d}/source", "documents/{t}/{b}/source", "documents/{t}/{b}/{d}/-1/source", "source", "/",
    "documents/{t}/{b}/{d}/1/source/", "documents/{b}/{t}/{d}/1/source", "documents/{t}/{b}/{d}/9e9/source", "%",
    "documents/{t}/{b}/{d}/99999999999999999999/source", "documents/{t}/{b}/{d}/%31/source%00",
    "documents//{b}/{d}/source",
)  # fmt: skip
_ROWS: Final = "SELECT md5(string_agg(d::text, '|' ORDER BY id)) FROM document AS d WHERE NOT id = ANY (%s)"


def deliver_poison(random: Random, *, messages: int = 400) -> Outcome:
    outcome = Outcome()
    with own_database() as (database, admin):
        world, base = World(database, admin, random, at_once=10_000, again=0.0, given_up=0.0), create_base(admin)
        with in_world(world):
            _deliver(world, base, messages, outcome)
    outcome.require("poison messages", messages)
    return outcome


def poison(random: Random, base: Base, document_id: UUID) -> Iterator[str]:
    """Without end; the hand-made ones first."""
    ids = {"t": base.tenant_id, "b": base.kb_id, "d": document_id}
    yield from BODIES
    for path in PATHS:
        yield json.dumps({"Records": [{"s3": {"object": {"key": path.format(**ids)}}}]})
    odd: tuple[Any, ...] = (1, "x", [1], [{}], [{"s3": 1}], [{"s3": {"object": {}}}], [{"s3": {"object": {"key": 7}}}])
    for records in odd:
        yield json.dumps({"Records": records})
    while True:
        valid = {
            "kind": random.choice(("purge", "webhooks")),
            "tenant_id": str(base.tenant_id),
            "kb_id": str(base.kb_id),
        }
        changed = {random.choice(KEYS): random.choice(VALUES) for _ in range(random.randint(1, 3))}
        if random.random() < 0.5:
            del valid["kind"]
        text = json.dumps(valid | changed)
        yield text if random.random() < 0.7 else text[: random.randrange(len(text))]


def _deliver(world: World, base: Base, messages: int, outcome: Outcome) -> None:
    watched = create_document(world.admin, base, "watched.md")
    world.admin.execute("UPDATE document SET status = 'indexed', stage = 'finished' WHERE id = %s", (watched,))
    before, good = _rows(world, []), list[UUID]()
    kinds = poison(world.random, base, watched)
    for first in range(0, messages, 9):
        batch = list(itertools.islice(kinds, min(9, messages - first)))
        good.append(_good(world, base))
        world.queue.waiting += [Message(body) for body in batch]
        outcome.tried["poison messages"] += len(batch)
        _work_off(world, outcome)
    for _ in range(3):
        _read_letters(world, outcome)
    started = {name.rpartition("-")[0] for name in world.executions.payloads}
    outcome.lost += [f"{one} was not started beside poison" for one in good if str(one) not in started]
    outcome.compare("other rows", _rows(world, good), before)
    outcome.tried["good messages beside"] = len(good)
    outcome.tried["of them left for a person to read"] = len(world.letters.bodies)


def _good(world: World, base: Base) -> UUID:
    document_id = create_document(world.admin, base, f"{uuid4()}.md")
    world.admin.execute("UPDATE document SET stage = 'awaiting_upload' WHERE id = %s", (document_id,))
    world.queue.send(json.loads(upload_event("content", base.ref(document_id).source_key(1))))
    return document_id


def _work_off(world: World, outcome: Outcome) -> None:
    for _ in range(200):
        if not world.queue.waiting:
            return
        try:
            world.deliver()
        except Exception as error:  # noqa: BLE001 - whatever it is, the whole batch would come again
            outcome.wrong.append(f"the consumer raised {type(error).__name__}: {error}")
        world.queue.waiting = [message for message in world.queue.waiting if message.received < RECEIVES]


def _read_letters(world: World, outcome: Outcome) -> None:
    """What cannot be understood stays, what is handed on is taken."""
    try:
        world.read_letters()
    except Exception as error:  # noqa: BLE001 - the letters behind this one would never be read
        outcome.wrong.append(f"the reader of dead letters raised {type(error).__name__}: {error}")
    while world.calls:
        try:
            world.deliver_call()
        except Exception as error:  # noqa: BLE001
            outcome.wrong.append(f"handed on, it would come back for ever: {type(error).__name__} {error}")
    _work_off(world, outcome)


def _rows(world: World, without: list[UUID]) -> object:
    return world.admin.execute(_ROWS, (without,)).fetchone()
