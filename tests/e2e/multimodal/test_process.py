"""POST /api/v1/multimodal/process against the running product: an invoice, a large scan, refusals, whose task it is."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from PIL import Image

from tests.support.client import Client, http_client
from tests.support.drawn.invoices import INVOICE_LINES, draw_invoice
from tests.support.drawn.pages import draw_page, encoded
from tests.support.product import Product

PATH = "/api/v1/multimodal/process"


@pytest.fixture(scope="module")
def client(product: Product) -> Client:
    return Client(product.base_url)


def sent(client: Client, body: bytes, kind: str = "image/png", **fields: str) -> Any:
    return client.call("POST", PATH, files={"file": ("scan", body, kind)}, data=fields)


def ended(client: Client, status_url: str) -> dict[str, Any]:
    deadline = time.monotonic() + 100
    while (task := client.json("GET", status_url))["status"] in ("waiting", "processing"):
        assert time.monotonic() < deadline, task
        time.sleep(0.25)  # the API offers polling, no notification
    return task


def finished(client: Client, response: Any) -> dict[str, Any]:
    """The result, also from a machine that is too busy for the time of a call."""
    assert response.status_code in (200, 202), response.text
    body = response.json()
    result = body if response.status_code == 200 else ended(client, body["status_url"])["result"]
    return dict(result)


def test_an_invoice_comes_back_cell_by_cell_and_field_by_field(client: Client) -> None:
    picture = encoded(draw_invoice().convert("RGB"), "JPEG", quality=88)

    result = finished(client, sent(client, picture, "image/jpeg", mode="ocr_table", language="zh-CN"))

    [table] = [table for table in result["tables"] if len(table["rows"][0]) == 7]
    assert [row for row in table["rows"] if row[0] in INVOICE_LINES] == list(INVOICE_LINES.values())
    assert all(isinstance(cell, str) for row in table["rows"] for cell in row)
    fields = result["fields"]
    assert (fields["number"], fields["date"], fields["total"]) == ("24312000000123456789", "2024-03-05", "¥15,413.20")
    assert (fields["buyer"], fields["seller"]) == ("苏州云梯科技有限公司", "上海晨光纺织品有限公司")
    assert [line["amount"] for line in fields["lines"]] == [row[5] for row in INVOICE_LINES.values()]
    assert result["confidence"] > 0.9
    assert "24312000000123456789" in result["text"]


def test_a_large_scan_is_sent_to_storage_and_read_behind_its_status_url(client: Client) -> None:
    body = encoded(draw_page(["Lease of the flat", "Rent 780 EUR", "Deposit 1,560 EUR"], dpi=100), "PDF")

    accepted = client.json("POST", PATH, json={"size_bytes": len(body), "mode": "ocr", "language": "en"})
    waiting = client.json("GET", accepted["status_url"])
    with http_client() as storage:
        stored = storage.post(accepted["upload_url"], data=accepted["upload_fields"], files={"file": body})
    task = ended(client, accepted["status_url"])

    assert (accepted["status"], waiting["status"], stored.is_success) == ("waiting", "waiting", True)
    assert task["result"]["text"] == "Lease of the flat\nRent 780 EUR\nDeposit 1,560 EUR"
    assert (task["result"]["pages"], task["result"]["tables"]) == (1, [])


def animated() -> bytes:
    stream = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "EMPTY_FILE"),
        (b"no picture at all", 415, "PICTURE_TYPE_UNSUPPORTED"),
        (encoded(Image.new("L", (90, 90)))[:50], 422, "PICTURE_UNREADABLE"),
        (animated(), 422, "PICTURE_ANIMATED"),
    ],
    ids=["empty", "text", "truncated", "animated"],
)
def test_what_is_no_picture_is_refused_with_a_code(client: Client, body: bytes, status: int, code: str) -> None:
    response = sent(client, body)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_what_fails_later_says_so_behind_its_status_url(client: Client) -> None:
    headers = {"prefer": "respond-async", "accept-language": "en"}
    accepted = client.json("POST", PATH, files={"file": ("scan", b"no picture", "image/png")}, headers=headers)

    task = ended(client, accepted["status_url"])

    assert (task["status"], task["error"]["code"]) == ("failed", "PICTURE_TYPE_UNSUPPORTED")


def test_a_colleague_finds_no_task_of_mine(client: Client) -> None:
    accepted = client.json("POST", PATH, json={"size_bytes": 9})

    response = client.invite("admin").call("GET", accepted["status_url"])

    assert (response.status_code, response.json()["code"]) == (404, "TASK_NOT_FOUND")


@pytest.mark.parametrize("fields", [{"mode": "video"}, {"language": "fr"}], ids=["mode", "language"])
def test_an_unknown_choice_is_refused_naming_its_field(client: Client, fields: dict[str, str]) -> None:
    response = sent(client, b"x", **fields)

    assert response.status_code == 422
    assert [field["field"] for field in response.json()["details"]["fields"]] == list(fields)
