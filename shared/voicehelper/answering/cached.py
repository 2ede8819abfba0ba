"""Answers that are given again: to the same words, or to words that ask the same, as long as nothing has changed.

``AnswerCache`` is the entry; ``service`` looks into it before the search and stores what it has answered. An entry
holds for one tenant, one state of each base, and one value of everything else that shapes an answer: the options of the
question, the models and their settings, the code. Processes share entries by the database; each keeps those that it has
seen, and gives one only after it has read the bases' state.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.caching import DEFAULT_TTL_S, LocalCache
from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.answering.events import Answered
from voicehelper.answering.stored import StoredFormError, answer_from_json, answer_to_json
from voicehelper.errors import VoiceHelperError
from voicehelper.identity.usage import Charge, charge
from voicehelper.index.answers import AnswerKey, StoredAnswer, read_bases_and_answer, store_answer
from voicehelper.index.bases import BaseFacts, read_bases
from voicehelper.index.flights import Flight
from voicehelper.models.protocols import Vector
from voicehelper.observability.logs import logger
from voicehelper.retrieval.question import Question
from voicehelper.text.question_form import question_form

SEMANTIC_CACHE: Final = "semantic_cache"  # the stage's name in a trace; of answers to the exact words, too
# Of 880,000 pairs of questions of public sets none with different answers has one form, while cosines reach 0.98 where
# one word differs ("lessor", "lessee"). So the form decides; this bound was chosen to keep accidents of it away.
LEAST_SIMILARITY: Final = 0.9
_NOT_OPTIONS: Final = frozenset(("text", "use_cache", "viewer"))


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to look up and, unless it is there, to store. ``local`` is the key within the process."""

    tenant_id: UUID
    key: AnswerKey

    @property
    def local(self) -> tuple[UUID, bytes, bytes]:
        return self.tenant_id, self.key.options, self.key.question

    def flight(self, bases: Sequence[BaseFacts]) -> Flight:
        """Of the same words, with the same options, to the same state of the bases that the caller sees."""
        return Flight.of(self.tenant_id.bytes, self.key.options, self.key.question, version_of(bases).encode())


class AnswerCache:
    """Of one process. A failure of it costs time and never an answer."""

    def __init__(self, *, ttl_s: float = DEFAULT_TTL_S) -> None:
        self._local: LocalCache[StoredAnswer] = LocalCache()
        self._ttl_s = ttl_s

    def read(
        self, tx: Transaction, base_ids: Sequence[UUID] | None, lookup: Lookup | None, keys: Sequence[str] = ()
    ) -> tuple[list[BaseFacts], Answered | None]:
        """The facts of the bases, in one statement with the answer; without ``lookup`` only the facts.

        ``keys`` are those of the names that the question may hold.
        AnswerLookupError leaves no transaction: the caller begins again without ``lookup``.
        """
        if lookup is None:
            return read_bases(tx, base_ids, keys), None
        if seen := self._local.peek(lookup.local):
            bases = read_bases(tx, base_ids, keys)
            answered = _answer_of(seen[0], bases)
            if answered is None:
                self._local.drop(lookup.local)
            return bases, answered
        bases, stored = read_bases_and_answer(tx, base_ids, lookup.key, least_similarity=LEAST_SIMILARITY, keys=keys)
        answered = _answer_of(stored, bases) if stored else None
        if stored and answered:
            self._local.put(lookup.local, stored, stored.left_s)
        return bases, answered

    def store(
        self,
        tenant: TenantDatabase,
        lookup: Lookup,
        bases: Sequence[BaseFacts],
        answered: Answered,
        charges: Sequence[Charge] = (),
    ) -> bool:
        """Nothing for what may not be given again; a refusal only for the same words.

        ``charges`` of what the answer took are made in the same transaction; False if there was none.
        """
        if not bases or not is_storable(answered):
            return False
        key = lookup.key if answered.status == "answered" else dataclasses.replace(lookup.key, vector=None)
        version, answer = version_of(bases), answer_to_json(answered)
        try:
            with tenant.transaction() as tx:
                is_stored = store_answer(tx, key, bases, answer=answer, version=version, ttl_s=self._ttl_s)
                charge(tx, *charges)
            if is_stored:
                self._local.put(lookup.local, StoredAnswer(answer, version, True, self._ttl_s), self._ttl_s)
        except VoiceHelperError as error:
            logger().warning("answer not cached", extra={"explanation": f"{type(error).__name__}: {error}"})
            return False
        return True


def _answer_of(stored: StoredAnswer, bases: Sequence[BaseFacts]) -> Answered | None:
    """None for an answer from another state of the bases, one whose likeness says little, or one that is not readable.

    An embedding that does not suit a base's language says little of its questions either.
    """
    is_alike = stored.is_exact or all(base.vector_leg is not False for base in bases)
    if stored.version != version_of(bases) or not is_alike:
        return None
    try:
        return answer_from_json(stored.answer)
    except StoredFormError as error:
        logger().warning("cached answer not readable", extra={"explanation": str(error)})
        return None


def is_storable(answered: Answered) -> bool:
    """Not what was answered without one of the models: the next question may find it back."""
    return answered.status in ("answered", "refused") and not answered.degraded


def version_of(bases: Sequence[BaseFacts]) -> str:
    """Names the state of the bases: content, and what of it is searched."""
    states = (f"{base.id}:{base.revision}:{base.vector_leg}:{','.join(sorted(base.indexes))}" for base in bases)
    return ";".join(sorted(states))


def look_up(tenant_id: UUID, question: Question, *, vector: Vector | None, made_by: str) -> Lookup | None:
    """None for a question that is not to be answered from the cache: one the caller wants afresh, or in a conversation.

    ``made_by`` names models, their settings and the code. Every other field of the question is part of the key, those
    included that are yet to come.
    """
    if not question.use_cache or question.history:
        return None
    form = question_form(question.text)
    key = AnswerKey(
        options=_digest(options_of(question), made_by, str(tenant_id)),
        question=_digest(" ".join(unicodedata.normalize("NFC", question.text).split())),
        form=_digest(form, "" if vector is None else str(len(vector))),
        vector=vector if form else None,
    )
    return Lookup(tenant_id, key)


def options_of(question: Question) -> str:
    """All of a question but its words and who asks, as JSON in one order."""
    values: dict[str, Any] = {
        field.name: getattr(question, field.name)
        for field in dataclasses.fields(question)
        if field.name not in _NOT_OPTIONS
    }
    bases = question.base_ids
    values["base_ids"] = None if bases is None else sorted(map(str, bases))
    return json.dumps(values, sort_keys=True, default=repr)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


@functools.cache
def code_stamp() -> str:
    """The sizes and times of the files that answers depend on: another with other code. Read once, in some ms."""
    rooms = [Path(__file__).parents[1] / room for room in ("answering", "index", "retrieval", "text")]
    stamps = [path.stat() for room in rooms for path in sorted(room.rglob("*.py"))]
    return ",".join(f"{stamp.st_size}.{stamp.st_mtime_ns}" for stamp in stamps)


@functools.cache
def answer_cache() -> AnswerCache:
    """That of this process."""
    return AnswerCache()
