"""A base leaves one workspace as a file and arrives in another, by the command line, though the import is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.polling import until
from tests.support.product import Product

QUESTION = "What does the parking permit cost per month?"
RULES = "# Rules\n\n" + "\n\n".join(
    f"## Rule {number}\n\n" + f"Rule {number} of the house is kept by everybody at all times. " * 30
    for number in range(4)
)


def fees(euros: int) -> bytes:
    return f"# Parking\n\nThe parking permit costs {euros} euros per month.\n".encode()


@dataclass(frozen=True)
class Shell:
    """The command line of one person, with a key."""

    client: Client
    key: str
    home: Path

    @classmethod
    def of(cls, client: Client, home: Path) -> Shell:
        return cls(client, client.with_key("retrieve", "write", "admin").created["key"], home)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        url = str(self.client.http.base_url)
        environment = os.environ | {"VOICEHELPER_URL": url, "VOICEHELPER_API_KEY": self.key, "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-c", "from voicehelper_cli.main import run; run()", "--json", *arguments]
        return subprocess.Popen(
            command,
            env=environment | {"HOME": str(self.home)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> dict[str, Any]:
        process = self.start(*arguments)
        out, _ = process.communicate(timeout=200)
        assert process.returncode == 0, out
        return dict(json.loads(out))


def first_base(client: Client) -> dict[str, Any]:
    return dict(client.json("GET", "/api/v1/knowledge/bases")["items"][0])


def contents(client: Client) -> dict[str, Any]:
    """What people see of the only base of a workspace, without its ids."""
    base = first_base(client)
    listed = client.json("GET", f"/api/v1/knowledge/bases/{base['id']}/documents")["items"]
    return {
        "base": (base["name"], base["display_name"], base["description"]),
        **{item["filename"]: _document(client, item) for item in listed},
    }


def _document(client: Client, item: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/knowledge/documents/{item['id']}"
    versions = client.json("GET", f"{path}/versions")["items"]
    chunks = client.json("GET", f"{path}/chunks")["items"]
    return {
        "metadata": item["metadata"],
        "status": item["status"],
        "versions": [(version["size_bytes"], bool(version["superseded_by"])) for version in versions],
        "chunks": [(chunk["title"], chunk["content"], chunk["origin"], chunk["enabled"]) for chunk in chunks],
    }


@pytest.fixture(scope="module")
def shelf(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A base with two versions of a file, metadata, edited, disabled and added chunks, and access for two."""
    client = Client(product.base_url)
    new = {"name": "house", "display_name": "Haus 4", "description": "What holds here"}
    kb_id = client.json("POST", "/api/v1/knowledge/bases", json=new)["id"]
    for euros in (25, 4000):
        client.wait([client.upload(kb_id, "Parking.md", fees(euros), {"team": "行政"})])
    rules = client.upload(kb_id, "Rules [draft].md", RULES.encode())
    client.wait([rules])
    path = f"/api/v1/knowledge/documents/{rules}/chunks"
    chunks = client.json("GET", path)["items"]
    assert len(chunks) >= 3
    client.json("PATCH", f"{path}/{chunks[0]['id']}", json={"content": "Shoes are taken off at the door."})
    client.json("PATCH", f"{path}/{chunks[1]['id']}", json={"enabled": False})
    client.json("POST", path, json={"content": "Bicycles stand in the yard.", "title": "Bicycles"})
    group = client.json("POST", "/api/v1/groups", json={"name": "Tenants"})["id"]
    member = client.invite("editor")
    grants = [{"group": group, "right": "read"}, {"member": member.user["id"], "right": "write"}]
    access = {"visibility": "restricted", "grants": grants}
    client.json("PUT", f"/api/v1/knowledge/bases/{kb_id}/access", json=access)
    return Shell.of(client, tmp_path_factory.mktemp("home"))


@pytest.mark.timeout(300)
def test_a_base_arrives_whole_though_the_import_is_killed_and_repeated(
    product: Product, shelf: Shell, tmp_path: Path
) -> None:
    file, desk = str(tmp_path / "house.zip"), Shell.of(Client(product.base_url), shelf.home)
    desk.client.json("POST", "/api/v1/groups", json={"name": "tenants"})
    exported = shelf.run("export", "Haus 4", file)
    killed = desk.start("import", file)
    until(lambda: desk.client.json("GET", "/api/v1/knowledge/bases")["items"])
    kb_id = first_base(desk.client)["id"]
    until(lambda: desk.client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["total"])
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    first = desk.run("import", file)
    arrived, ids = contents(desk.client), desk.client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")
    again = desk.run("import", file)

    assert exported == {"files": 3, "left_out": [], "access": True}
    assert arrived == contents(shelf.client)
    assert (first["failed"], first["edits_not_applied"], first["missing_groups"]) == ([], 0, [])
    assert [email.count("@") for email in first["missing_members"]] == [1], "who is not here is named, not invented"
    access = desk.client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/access")
    assert (access["visibility"], [grant["right"] for grant in access["grants"]]) == ("restricted", ["read"])
    assert "4000 euros" in desk.client.ask(kb_id, QUESTION)["answer"]
    assert again == first
    assert desk.client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents") == ids, "twice is the same as once"


def test_a_base_with_something_else_in_it_is_left_alone(product: Product, shelf: Shell, tmp_path: Path) -> None:
    file, desk = str(tmp_path / "house.zip"), Shell.of(Client(product.base_url), shelf.home)
    shelf.run("export", "Haus 4", file)
    desk.client.create_base_of("house", "Rules [draft].md", "Another text.")

    refused = desk.start("import", file)
    out, _ = refused.communicate(timeout=60)

    assert (refused.returncode, json.loads(out)["code"]) == (1, "BASE_DIFFERS")
