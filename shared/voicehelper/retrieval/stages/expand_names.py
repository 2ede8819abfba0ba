"""Stage: the names that the searched documents give to the question's things, searched for beside its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import OtherName
from voicehelper.text.tokenization import terms

MAX_NAMES: Final = 6


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """``names`` are (key, other name), the longest keys first; the question's vector stays that of its own words."""

    names: Sequence[Sequence[str]]
    name: str = "declared_names"
    optional: bool = False

    def __call__(self, state: Retrieval) -> Retrieval:
        known = frozenset(terms(state.asked))
        pairs = (OtherName(key, other) for key, other in self.names)
        new = tuple(dict.fromkeys(pair for pair in pairs if not known.issuperset(terms(pair.other))))[:MAX_NAMES]
        if not new:
            return state.skip("the question has their words")
        others = dict.fromkeys(pair.other for pair in new)
        return replace(state, queries=(" ".join([state.queries[0], *others]), *state.queries[1:]), names=new)
