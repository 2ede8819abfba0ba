"""Commands that make, list and end keys, and every command with a key in the place of a sign-in."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from voicehelper.identity.api_keys.secret import new_secret

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service, problem

KEY = new_secret()


def listed(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"key-{UUID(int=number)}", "name": name, "prefix": f"{number:012}", "scopes": ["ask", "retrieve"],
        "bases": None, "created_at": "2026-01-01T00:00:00Z", "expires_at": None, "last_used_at": None,
        "maker": {"email": "a@example.com", "username": "ann"}, **more,
    }  # fmt: skip


def page(*items: dict[str, Any]) -> tuple[int, Any]:
    return 200, {"items": items, "total": len(items), "page": 1, "page_size": 100, "has_next": False}


@pytest.fixture
def keyed(command: Command, service: Service, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Commands of a machine that has a key in its environment and has never signed in."""
    monkeypatch.setenv("VOICEHELPER_API_KEY", f" {KEY}\n")
    service.access_token = KEY
    return command


def test_a_key_is_printed_alone_so_that_it_can_be_piped(signed_in: Command, service: Service) -> None:
    service.forced["POST /keys"] = (201, listed(1, "nightly") | {"key": KEY})

    result = signed_in("keys", "create", "nightly", "--scope", "ask", "--expires", "90d")

    assert result.stdout.splitlines()[0] == KEY
    sent = json.loads(service.posted("/keys")[0])
    assert (sent["name"], sent["scopes"], sent["bases"]) == ("nightly", ["ask"], None)
    assert sent["expires_at"].endswith("+00:00")


def test_a_key_names_bases_as_people_do(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "manuals")
    service.forced["POST /keys"] = (201, listed(1, "nightly") | {"key": KEY})
    signed_in("keys", "create", "nightly", "--base", "manuals")

    sent = json.loads(service.posted("/keys")[0])
    assert sent["bases"] == [json.loads(signed_in("base", "list", "--json").stdout)[0]["id"]]
    assert sent["scopes"] == ["ask", "retrieve"]
    assert signed_in("keys", "create", "nightly", "--base", "manual").returncode == 4


def test_keys_are_listed_with_what_they_may_do(signed_in: Command, service: Service) -> None:
    service.forced["GET /keys"] = page(
        listed(1, "夜间报表", last_used_at="2026-02-03T04:05:06Z"), listed(2, "other", bases=["kb-1", "kb-2"])
    )

    lines = signed_in("keys", "list").stdout.splitlines()
    assert "夜间报表" in lines[1]
    assert "2026-02-03 04:05" in lines[1]
    assert "all" in lines[1]
    assert " 2 " in lines[2]
    assert json.loads(signed_in("keys", "list", "--json").stdout)[1]["bases"] == ["kb-1", "kb-2"]


@pytest.mark.parametrize("wanted", ["other", "OTHER ", f"key-{UUID(int=2)}", "000000000002", "vh_000000000002_abc"])
def test_a_key_is_revoked_by_its_name_its_id_or_its_beginning(
    signed_in: Command, service: Service, wanted: str
) -> None:
    service.forced["GET /keys"] = page(listed(1, "nightly"), listed(2, "other"))
    service.forced[f"DELETE /keys/key-{UUID(int=2)}"] = (204, None)

    assert signed_in("keys", "revoke", wanted).stdout == "Key other is revoked.\n"


def test_what_no_key_or_several_are_called_revokes_none(signed_in: Command, service: Service) -> None:
    service.forced["GET /keys"] = page(listed(1, "nightly"), listed(2, "nightly"))

    several, none = signed_in("keys", "revoke", "nightly"), signed_in("keys", "revoke", "nightli")
    assert (several.returncode, none.returncode) == (1, 4)
    assert f"key-{UUID(int=1)}, key-{UUID(int=2)}" in several.stderr
    assert "nightly" in none.stderr
    assert [call for call in service.requests if call[0] == "DELETE"] == []


def test_every_command_takes_the_key_of_the_environment(keyed: Command, service: Service) -> None:
    assert keyed("whoami").stdout == "ann <a@example.com>\n"
    assert keyed("base", "create", "manuals").returncode == 0
    assert keyed("ask", "How long?", "--base", "manuals").returncode == 0
    assert [path for _, path, _ in service.requests if "auth" in path] == []


@pytest.mark.parametrize(
    "typed",
    [("--key", KEY, "whoami"), ("whoami", "--key", KEY), ("whoami", f"--key={KEY}")],
    ids=["before", "behind", "joined"],
)
def test_a_key_may_be_typed_anywhere_and_goes_before_the_sign_in(
    signed_in: Command, service: Service, typed: tuple[str, ...]
) -> None:
    assert signed_in("whoami").returncode == 0
    service.access_token = KEY

    assert signed_in(*typed).returncode == 0


def test_a_key_that_is_refused_is_not_renewed_and_another_is_advised(keyed: Command, service: Service) -> None:
    service.access_token = "another"
    result = keyed("whoami")

    assert result.returncode == 3
    assert "voicehelper keys create NAME" in result.stderr
    assert [path for _, path, _ in service.requests] == ["/users/me"]


@pytest.mark.parametrize(
    "wrong",
    ["vh_typo", KEY[:-1], KEY + "0", "sk-123", "密钥", KEY.replace("_", "-")],
    ids=["typo", "short", "long", "another", "words", "hyphens"],
)
def test_what_is_no_key_is_sent_nowhere(command: Command, service: Service, wrong: str) -> None:
    result = command("whoami", "--key", wrong)

    assert result.returncode == 3
    assert "vh_" in result.stderr
    assert service.requests == []


def test_a_kept_key_is_used_until_it_is_forgotten(command: Command, service: Service, tmp_path: Path) -> None:
    service.access_token = KEY
    kept = command("keys", "use", "--key", KEY)

    assert kept.stdout == "The commands that follow use the key of a@example.com.\n"
    assert command("whoami").returncode == 0
    file = tmp_path / "config" / "voicehelper" / "sessions.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert command("logout").returncode == 0
    assert KEY not in file.read_text("utf-8")
    assert command("whoami").returncode == 3
    assert [path for _, path, _ in service.requests if "auth" in path] == []


def test_a_key_that_does_not_work_is_not_kept(signed_in: Command, service: Service) -> None:
    assert signed_in("keys", "use", "--key", new_secret()).returncode == 3
    assert signed_in("whoami").returncode == 0, "the sign-in is still there"


def test_what_needs_a_person_says_so(keyed: Command, service: Service) -> None:
    service.forced["POST /keys"] = (403, problem("SESSION_NEEDED", "This needs a person who is signed in"))
    result = keyed("keys", "create", "more")

    assert result.returncode == 1
    assert "a person" in result.stderr
