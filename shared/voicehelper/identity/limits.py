"""Limits on attempts: so many within a window, by account or by network address, counted in PostgreSQL.

``attempts`` and ``service`` count here; ``entry`` chooses the stage's limits. A window slides: at any moment at most
``most`` attempts lie within the last ``window_s`` seconds. Attempts beyond the limit are refused without being counted,
so that nobody can extend a lock.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from voicehelper.errors import TooManyRequestsError
from voicehelper.shapes.standing import Standing, note

if TYPE_CHECKING:  # the authorizer needs the numbers here, and no database driver
    from voicehelper.adapters.database import Transaction


@dataclass(frozen=True, slots=True)
class Limit:
    """``name`` keeps counts of different things apart."""

    name: str
    most: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Failed sign-ins of an account and from a network address; registrations from a network address."""

    account: Limit
    address: Limit
    registrations: Limit
    # Requests to reset a password: of one e-mail address, and from one network.
    resets: Limit = Limit("reset", 5, 3600)
    reset_networks: Limit = Limit("reset_network", 50, 3600)


# An office is one address: ten users who lock themselves out do not lock it. Registrations leave room for a team.
DEPLOYED: Final = Limits(Limit("account", 5, 900), Limit("address", 50, 900), Limit("registration", 100, 3600))
# On one machine every caller has the same address, all users of test suites and benchmarks among them.
LOCAL: Final = Limits(
    Limit("account", 5, 900),
    Limit("address", 1000, 900),
    Limit("registration", 2000, 3600),
    reset_networks=Limit("reset_network", 1000, 3600),
)


def limits_of(stage: str) -> Limits:
    return LOCAL if stage == "local" else DEPLOYED


def network(source_ip: str) -> str:
    """The unit that address limits count: an IPv4 address, or the /64 network that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return source_ip
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


# The database folds the value as it folds e-mail addresses when it compares them (index app_user_email), so that one
# account has one key, whatever its address is typed as.
_WAIT: Final = """
    SELECT coalesce(ceil(%(window_s)s + extract(epoch FROM
                    attempted_at[cardinality(attempted_at) - %(most)s + 1] - now())), 0)
      FROM attempt_window WHERE key = sha256(convert_to(%(name)s || ':' || lower(%(value)s), 'UTF8'))
"""


def wait_s(tx: Transaction, limit: Limit, value: str) -> int:
    """Seconds until another attempt is allowed; 0 or less if it is allowed now."""
    left_s = tx.count(_WAIT, name=limit.name, value=value, most=limit.most, window_s=limit.window_s)
    if left_s > 0:
        note(Standing(limit.most, 0, left_s))
    return left_s


# One statement: of concurrent attempts each sees those before it. A row at its limit does not meet the condition and
# stays as it is.
_COUNT: Final = """
    INSERT INTO attempt_window AS w (key, attempted_at, expires_at)
    VALUES (sha256(convert_to(%(name)s || ':' || lower(%(value)s), 'UTF8')), ARRAY[now()],
            now() + make_interval(secs => %(window_s)s))
    ON CONFLICT (key) DO UPDATE
       SET attempted_at = (w.attempted_at || now())[greatest(1, cardinality(w.attempted_at) + 2 - %(most)s):],
           expires_at = excluded.expires_at
     WHERE cardinality(w.attempted_at) < %(most)s
        OR w.attempted_at[cardinality(w.attempted_at) - %(most)s + 1] <= now() - make_interval(secs => %(window_s)s)
    RETURNING (SELECT count(*)::int FROM unnest(w.attempted_at) AS a
                WHERE a > now() - make_interval(secs => %(window_s)s)) AS attempts,
              (SELECT ceil(%(window_s)s + extract(epoch FROM min(a) - now()))::int FROM unnest(w.attempted_at) AS a
                WHERE a > now() - make_interval(secs => %(window_s)s)) AS reset_s
"""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Attempts within the window, and seconds until the oldest of them leaves it."""

    attempts: int
    reset_s: int


def count_attempt(tx: Transaction, limit: Limit, value: str) -> bool:
    """Count one attempt; False, and nothing counted, if the limit is reached."""
    values = {"name": limit.name, "value": value, "most": limit.most, "window_s": limit.window_s}
    if counted := tx.one(_Counted, _COUNT, **values):
        note(Standing(limit.most, limit.most - counted.attempts, counted.reset_s))
    return counted is not None


_CLEAR: Final = """
    DELETE FROM attempt_window AS w
     WHERE key = sha256(convert_to(%(name)s || ':' || lower(%(value)s), 'UTF8'))
       AND (cardinality(w.attempted_at) < %(most)s
            OR w.attempted_at[cardinality(w.attempted_at) - %(most)s + 1]
               <= now() - make_interval(secs => %(window_s)s))
"""


def clear(tx: Transaction, limit: Limit, value: str) -> None:
    """Forget the attempts counted for ``value``, unless they have reached the limit meanwhile."""
    tx.run(_CLEAR, name=limit.name, value=value, most=limit.most, window_s=limit.window_s)


# Rows that another transaction is changing are skipped, so this waits for nobody.
_REMOVE_EXPIRED: Final = """
    DELETE FROM attempt_window WHERE key IN (
        SELECT key FROM attempt_window WHERE expires_at < now() LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def remove_expired(tx: Transaction) -> None:
    """A hundred at a time: a successful sign-in removes more than the failures before it can have added."""
    tx.run(_REMOVE_EXPIRED)


def refuse_if_waiting(*waits_s: int) -> None:
    """TooManyRequestsError with the longest wait, if there is one."""
    if (longest := max(waits_s)) > 0:
        raise TooManyRequestsError(details={"retry_after_s": longest})
