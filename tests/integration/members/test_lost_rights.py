"""Every way of losing a right × every path to the base: what is lost is lost with the next call.

Also for whoever the authorizer still believes, which is for seconds: the database filters by the rights of now. How
long the authorizer believes a key or a session is in its own tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg
import pytest
from voicehelper.adapters.database import Database

from tests.e2e.members.test_roles import body_of
from tests.support.in_process import Credential, InProcess
from tests.support.operations import OPERATIONS
from tests.support.restricted import QUESTION, RestrictedBase

API: Final = "/api/v1"
ACCESS: Final = f"{API}/knowledge/bases/{{kb_id}}/access"
MARK: Final = "blue box"
Path = Callable[["Desk"], bool]


class Desk:
    """A caller with some way to the base, and the paths that lead there."""

    def __init__(self, product: InProcess, base: RestrictedBase, owner: Credential, caller: Credential) -> None:
        self.product, self.base, self.owner, self.caller = product, base, owner, caller

    def call(self, method: str, route: str, body: Any = None, *, who: Credential | None = None, **more: Any) -> Any:
        path = route.format(**self.base.ids)
        return self.product.call(who or self.caller, f"{method} {route}", path, body, **more)

    def manage(self, method: str, route: str, body: Any = None, **ids: str) -> None:
        """By the owner, and kept."""
        answer = self.product.call(
            self.owner, f"{method} {route}", route.format(**self.base.ids | ids), body, keeps=True
        )
        assert answer.is_success, answer.text

    def begin(self) -> None:
        """A conversation with a message that cites the base, an answer that is cached, and a link to the file."""
        talk = self.call("POST", f"{API}/conversations", {"title": "x", "kb_id": self.kb_id}, keeps=True).json()
        self.base.ids["conversation_id"] = talk["id"]
        route = f"{API}/conversations/{{conversation_id}}/messages"
        assert MARK in self.call("POST", route, {"content": QUESTION}, keeps=True).text
        self.link = self.ask(keeps=True).json()["sources"][0]["url"]

    @property
    def kb_id(self) -> str:
        return self.base.ids["kb_id"]

    def ask(self, **more: Any) -> Any:
        return self.call("POST", f"{API}/rag/query", {"query": QUESTION, "kb_id": self.kb_id}, **more)

    def mcp(self, tool: str, arguments: dict[str, Any]) -> bool:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        answer = self.call("POST", "/mcp", call)
        return (self.kb_id if tool == "list_bases" else MARK) in answer.text


def _operation(name: str) -> Path:
    def is_open(desk: Desk) -> bool:
        method, route = name.split(" ", 1)
        route = route if route.startswith("/v1/") else API + route
        answer = desk.call(method, route, body_of(method.lower(), route, desk.kb_id))
        return answer.status_code not in (401, 403) and not _is_hidden(answer)

    return is_open


def _is_hidden(answer: Any) -> bool:
    """Of a document that is seen, a passage may be missing, and a text has no pages."""
    return answer.status_code == 404 and not any(code in answer.text for code in ("CHUNK", "DOCUMENT_HAS_NO_PAGES"))


ON_THE_BASE: Final = {name: _operation(name) for name, needs in OPERATIONS.items() if needs.right in ("read", "write")}
PATHS: Final[dict[str, Path]] = ON_THE_BASE | {
    "rows of bases": lambda desk: desk.kb_id in desk.call("GET", f"{API}/knowledge/bases").text,
    "count of bases": lambda desk: desk.call("GET", f"{API}/knowledge/bases").json()["total"] > 0,
    "models of OpenAI's protocol": lambda desk: f"kb:{desk.base.name}" in desk.call("GET", "/v1/models").text,
    "cached answer": lambda desk: MARK in desk.ask().text,
    "graph": lambda desk: MARK in desk.call(
        "POST", f"{API}/rag/query", {"query": QUESTION, "kb_id": desk.kb_id, "use_graph": True, "use_cache": False}
    ).text,
    "message over all bases": lambda desk: MARK in _over_all(desk),
    "citations of a conversation": lambda desk: MARK in desk.call(
        "GET", f"{API}/conversations/{{conversation_id}}/messages"
    ).text,
    "link": lambda desk: desk.product.call(
        None, f"GET {API}/knowledge/documents/{{document_id}}/file", desk.link.removeprefix("http://api")
    ).status_code not in (401, 403, 404),
    "MCP bases": lambda desk: desk.mcp("list_bases", {}),
    "MCP search": lambda desk: desk.mcp("search", {"query": QUESTION, "base": desk.kb_id}),
    "MCP ask": lambda desk: desk.mcp("ask", {"question": QUESTION, "base": desk.kb_id}),
}  # fmt: skip


def _over_all(desk: Desk) -> str:
    talk = desk.call("POST", f"{API}/conversations", {"title": "all"}, keeps=True).json()["id"]
    route = f"{API}/conversations/{{conversation_id}}/messages"
    path = route.format(conversation_id=talk)
    return desk.product.call(desk.caller, f"POST {route}", path, {"content": QUESTION}).text


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[InProcess]:
    opened = InProcess(monkeypatch, database)
    yield opened
    opened.close()


@pytest.fixture
def base(admin: psycopg.Connection[Any], database: Database) -> RestrictedBase:
    return RestrictedBase(admin, database)


@pytest.fixture
def owner(base: RestrictedBase) -> Credential:
    return base.members["owner", "nobody"][None]


def _with_key(desk: Desk) -> None:
    """The caller calls with a key from now on."""
    caller, scopes = desk.caller, ("ask", "retrieve", "write")
    key_id = desk.base.key(caller.user_id, *scopes)
    desk.caller = replace(caller, key_id=key_id, scopes=" ".join(scopes))


def _open_to_all(desk: Desk) -> None:
    desk.manage("PUT", ACCESS, {"visibility": "workspace", "grants": []})


def _end_key(desk: Desk) -> None:
    desk.manage("DELETE", f"{API}/keys/{{key_id}}", key_id=f"key-{desk.caller.key_id}")


def _let_key_expire(desk: Desk) -> None:
    desk.base.workspace.admin.execute("UPDATE api_key SET expires_at = now() WHERE id = %s", (desk.caller.key_id,))


def _take_base_from_key(desk: Desk) -> None:
    desk.base.workspace.admin.execute("UPDATE api_key SET bases = '{}' WHERE id = %s", (desk.caller.key_id,))


def _close(desk: Desk) -> None:
    desk.manage("PUT", ACCESS, {"visibility": "restricted", "grants": []})


def _leave_group(desk: Desk) -> None:
    desk.manage("PUT", f"{API}/groups/{{group_id}}/members", {"members": []}, group_id=_group_of(desk))


def _delete_group(desk: Desk) -> None:
    desk.manage("DELETE", f"{API}/groups/{{group_id}}", group_id=_group_of(desk))


def _group_of(desk: Desk) -> str:
    return f"group-{desk.base.groups[desk.caller.user_id]}"


def _remove_member(desk: Desk) -> None:
    desk.manage("DELETE", f"{API}/members/{{user_id}}", user_id=str(desk.caller.user_id))


def _lower_role(desk: Desk) -> None:
    desk.manage("PATCH", f"{API}/members/{{user_id}}", {"role": "reader"}, user_id=str(desk.caller.user_id))


@dataclass(frozen=True)
class Loss:
    """Of a caller of ``role`` with a right by ``way``: what is done before, and what takes the right away."""

    role: str
    way: str
    lose: Callable[[Desk], None]
    before: Callable[[Desk], None] = lambda _: None


LOSSES: Final = {
    "grant removed": Loss("reader", "member", _close),
    "group left": Loss("reader", "group", _leave_group),
    "group deleted": Loss("editor", "group", _delete_group),
    "base closed": Loss("editor", "nobody", _close, _open_to_all),
    "role lowered": Loss("admin", "nobody", _lower_role),
    "member removed": Loss("reader", "member", _remove_member),
    "member of a group removed": Loss("editor", "group", _remove_member),
    "key revoked": Loss("admin", "nobody", _end_key, _with_key),
    "key expired": Loss("editor", "member", _let_key_expire, _with_key),
    "base taken from the key": Loss("owner", "nobody", _take_base_from_key, _with_key),
    "maker of the key removed": Loss("editor", "member", _remove_member, _with_key),
    "role of the key's maker lowered": Loss("admin", "nobody", _lower_role, _with_key),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_lost_right_is_lost_on_every_path(
    product: InProcess, base: RestrictedBase, owner: Credential, name: str
) -> None:
    loss = LOSSES[name]
    desk = Desk(product, base, owner, base.members[loss.role, loss.way][None])
    loss.before(desk)
    desk.begin()
    closed_before = [path for path, is_open in PATHS.items() if not is_open(desk)]

    loss.lose(desk)

    open_after = [path for path, is_open in PATHS.items() if is_open(desk)]
    assert (closed_before, open_after) == ([], [])
    assert MARK in desk.ask(who=owner).text


def test_the_paths_are_those_of_the_table_and_more() -> None:
    assert len(ON_THE_BASE) == sum(needs.right in ("read", "write") for needs in OPERATIONS.values())
    assert len(PATHS) - len(ON_THE_BASE) == 11
