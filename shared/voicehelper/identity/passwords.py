"""Password hashes: argon2id with OWASP's parameters (t = 2, m = 19 MiB, p = 1), some 20 ms each.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of random text, with the parameters above. A constant, because the first unknown user of a process would take twice as
# long as a known one if the hash were made then.
_DUMMY_HASH: Final = "$argon2id$v=19$m=19456,t=2,p=1$gD1+PPsTBPqzsG3QDfqzLg$9RlgfgwqEVPVxI+4+NgOG19SzpimddlQRK2nbjpDyms"


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def matches(password: str, stored_hash: str | None) -> bool:
    """False for an unknown user (None), after a comparison with a dummy hash, so that response times do not differ."""
    try:
        return _HASHER.verify(stored_hash or _DUMMY_HASH, password) and stored_hash is not None
    except (VerificationError, InvalidHashError):
        return False
