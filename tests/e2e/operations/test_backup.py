"""The drill of a lost machine: a backup while people upload, a restore into a new folder, and everything is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.backup.restore import restore
from infra.local.backup.take import take
from infra.local.paths import State
from infra.local.processes import StackError
from infra.local.stack import Stack
from tests.support.client import Client, Machine

STATIONS, MOST = 3, 15
SYLLABLES = ("ba", "ke", "di", "mo", "ru", "sa", "te", "vi", "lo", "nu")


def name_of(number: int) -> str:
    """A word of its own: "Bakedi" is 12."""
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:03d}").capitalize()


def station(number: int) -> tuple[str, bytes]:
    text = f"# {name_of(number)}\n\nThe valve {name_of(number)} closes at a pressure of {200 + number} kPa.\n"
    return f"station-{number}.md", text.encode()


@dataclass
class Uploader(threading.Thread):
    """Somebody who goes on working: adds documents, and deletes every third of them."""

    client: Client
    kb_id: str
    kept: dict[str, int] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        for number in range(STATIONS, MOST):
            if self.ended.is_set():
                return
            document_id = self.client.upload(self.kb_id, *station(number))
            self.kept[document_id] = number
            if number % 3 == 0:
                self.client.call("DELETE", f"/api/v1/knowledge/documents/{document_id}")
                self.deleted.add(document_id)
                del self.kept[document_id]


@dataclass(frozen=True)
class Drilled:
    """A stack that was restored, and what was there when the backup began."""

    client: Client  # with the session of before
    machine: Machine  # with the key of before
    kb_id: str
    before: dict[str, int]
    deleted: set[str]
    awaiting: str
    backup: Path
    state: State


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    folder = tmp_path_factory.mktemp("backup")
    file, state = folder / "all.backup", State(folder / "restored")
    with Stack(folder / "state", idle_workers=20) as stack:
        client = Client(stack.base_url)
        machine, kb_id = client.with_key(), client.create_base("stations")
        before = {client.upload(kb_id, *station(number)): number for number in range(STATIONS)}
        client.wait(before)
        announced = {"filename": "late.md", "size_bytes": 9, "metadata": {}}
        path = f"/api/v1/knowledge/bases/{kb_id}/documents/direct"
        awaiting = client.json("POST", path, json=announced)["document_id"]
        uploader = Uploader(client, kb_id)
        uploader.start()
        while len(uploader.kept) < 2:
            uploader.join(0.05)
        before |= dict(uploader.kept)
        take(stack.state, file)
        uploader.ended.set()
        uploader.join()
    state.prepare()
    state.restoring.touch()  # as a restore that was killed leaves it
    (state.folder / "half").touch()
    with pytest.raises(StackError, match="cut short"), Stack(state.folder):
        pass
    restore(file, state, durable=False)
    with Stack(state.folder, idle_workers=20) as restored:
        for caller in (client, machine):
            caller.http.base_url = httpx.URL(restored.base_url)
        yield Drilled(client, machine, kb_id, before, uploader.deleted, awaiting, file, state)


@pytest.mark.timeout(300)
def test_every_document_of_the_backup_answers_and_opens(drilled: Drilled) -> None:
    listed = documents(drilled)
    living = listed.keys() - drilled.deleted - {drilled.awaiting}
    ended = drilled.client.wait(living)

    assert {status["status"] for status in ended.values()} == {"indexed"}, "what was in work is taken up"
    assert drilled.before.keys() - drilled.deleted <= living
    for document_id in living:
        number = int(listed[document_id]["filename"].removeprefix("station-").removesuffix(".md"))
        answer = drilled.client.ask(drilled.kb_id, f"At which pressure does the valve {name_of(number)} close?")
        [url] = {source["url"] for source in answer["sources"] if source["document_id"] == document_id}
        assert f"{200 + number} kPa" in answer["answer"]
        assert drilled.client.open_link(url).content == station(number)[1]


def documents(drilled: Drilled) -> dict[str, dict[str, Any]]:
    path = f"/api/v1/knowledge/bases/{drilled.kb_id}/documents"
    items = drilled.client.json("GET", path, params={"page_size": 200})["items"]
    return {item["id"]: item for item in items}


def test_the_session_the_password_and_the_key_of_before_go_on(drilled: Drilled) -> None:
    assert drilled.client.json("GET", "/api/v1/users/me")["email"] == drilled.client.email
    assert drilled.machine.json("GET", f"/api/v1/knowledge/bases/{drilled.kb_id}")["name"] == "stations"
    assert drilled.client.sign_in()["user"]["email"] == drilled.client.email


def test_a_file_that_had_not_arrived_can_be_sent_again(drilled: Drilled) -> None:
    before = drilled.client.status(drilled.awaiting)
    document_id = drilled.client.upload(drilled.kb_id, "late.md", b"# Late\n\nx")

    assert (before["status"], before["error"]["code"]) == ("failed", "upload_incomplete")
    assert drilled.client.wait([document_id])[document_id]["status"] == "indexed"


def test_nothing_is_restored_over_data_or_from_half_a_file(drilled: Drilled, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="There is data"):
        restore(drilled.backup, drilled.state)
    half = tmp_path / "half.backup"
    half.write_bytes(drilled.backup.read_bytes()[:-1000])
    with pytest.raises(StackError, match="Nothing was changed"):
        restore(half, State(tmp_path / "state"))

    assert not (tmp_path / "state").exists()
    assert not (drilled.state.folder / "half").exists(), "what a killed restore left is gone"
