"""Carries out functions in children, many of which are killed, as often as a machine or a queue would try again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.drill import mortal
from tests.drill.machine import CarryOut, Json, StateError, handler_of
from tests.drill.mortal import KilledError, Work, WorkError
from tests.drill.outcome import Outcome
from tests.drill.services import Services

DOOMED: Final = 0.4  # times the share that die: one in five
API: Final = {"DATABASE_USER": "voicehelper_api"}


@dataclass
class Reaper:
    """``share`` of all tries die. How many points a piece of work has is learned from those that live."""

    services: Services
    random: Random
    outcome: Outcome
    share: float = 0.5
    points: dict[str, int] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    doomed: str = ""  # whose every try dies

    def carry_out(self, room: str) -> CarryOut:
        """Of a machine's states: one try each."""
        return lambda name, given: self._state(room, name, given)

    def doom(self, names: Sequence[str]) -> None:
        """One execution in five has a state that does not survive its retries."""
        self.doomed = self.random.choice(names) if self.random.random() < self.share * DOOMED else ""

    def _state(self, room: str, name: str, given: Json) -> Json:
        handler = handler_of(room, name)
        try:
            return dict(self.attempt(name, lambda: handler(given, None)))
        except KilledError:
            raise StateError("Runtime.ExitError") from None
        except WorkError as error:
            raise StateError(error.name, error.message) from error

    def attempt(self, name: str, work: Work, environment: Mapping[str, str] = {}) -> Any:
        """One try, which may be killed."""
        dies_at = 0
        if name == self.doomed or self.random.random() < self.share:
            dies_at = self.random.randint(1, self.points.get(name, 8))
        try:
            ended = mortal.run(work, dies_at=dies_at, environment={**self.services.environment, **environment})
        except KilledError:
            self.kills[name] += 1
            raise
        self.points[name] = ended.points
        return ended.result

    def insist(self, name: str, work: Work, environment: Mapping[str, str] = {}) -> Any:
        """As whoever redelivers, or repeats a call that went unanswered."""
        for _ in range(40):
            try:
                return self.attempt(name, work, environment)
            except KilledError:
                continue
        raise AssertionError(f"{name} was killed 40 times on end")

    def tell(self) -> None:
        """Add the kills to the outcome."""
        for name, number in self.kills.items():
            self.outcome.tried[f"kills in {name}"] += number
        self.outcome.tried["kills"] += self.kills.total()
