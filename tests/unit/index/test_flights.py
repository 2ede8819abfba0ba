from __future__ import annotations

from voicehelper.index.flights import Flight

PARTS = (b"tenant..........", b"o" * 32, b"q" * 32, b"base:7:True:")


def test_a_flight_is_the_same_in_every_process_and_fits_postgresql() -> None:
    flight = Flight.of(*PARTS)

    assert flight == Flight.of(*PARTS)
    assert -(2**63) <= flight.lock < 2**63
    assert flight.channel.isidentifier()
    assert len(flight.channel) < 64


def test_a_flight_is_of_one_tenant_question_and_state_of_the_bases() -> None:
    others = [(*PARTS[:n], PARTS[n][:-1] + b"x", *PARTS[n + 1 :]) for n in range(len(PARTS))]
    flights = [Flight.of(*PARTS), *(Flight.of(*parts) for parts in others)]

    assert len({flight.lock for flight in flights}) == len({flight.channel for flight in flights}) == 5
