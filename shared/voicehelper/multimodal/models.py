"""API models of files that are read, and what storage keeps of them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import TaskId

Mode = Literal["ocr", "table", "ocr_table"]
Language = Literal["zh-CN", "en"]
TaskState = Literal["waiting", "processing", "completed", "failed"]


class ReadOptions(Body):
    mode: Annotated[
        Mode, Field(description="ocr: text. table: tables. ocr_table: both, and the fields of an invoice.")
    ] = "ocr_table"
    language: Annotated[Language, Field(description="What the pages are mostly written in; both are read.")] = "zh-CN"


class NewFile(ReadOptions):
    """A file that is sent to storage directly."""

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str | None, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] = None


class ReadTable(BaseModel):
    """``rows`` are equally long, as in the picture; a merged cell's text is in its first."""

    table_id: str
    rows: list[list[str]]


class InvoiceLine(BaseModel):
    """As printed; empty where the invoice has no such column."""

    description: str = ""
    specification: str = ""
    unit: str = ""
    quantity: str = ""
    unit_price: str = ""
    amount: str = ""
    tax_rate: str = ""
    tax: str = ""


class InvoiceFields(BaseModel):
    """As printed; a field that was not found is absent. ``date`` is year-month-day where it could be read as one."""

    number: str | None = None
    date: str | None = None
    seller: str | None = None
    buyer: str | None = None
    lines: list[InvoiceLine] = Field(default_factory=list)
    subtotal: str | None = None
    tax: str | None = None
    total: str | None = None


class ReadFile(BaseModel):
    """``degraded`` names a provider that was asked and did not answer."""

    text: str
    tables: list[ReadTable]
    confidence: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="The recogniser's probability that a character is read right: the mean over lines, weighted by "
            "their length; 0 without text.",
        ),
    ]
    fields: InvoiceFields | None = None
    pages: int = 1
    degraded: list[str] = Field(default_factory=list)


class ReadAccepted(BaseModel):
    """It goes on behind ``status_url``. ``upload_url`` and ``upload_fields`` are a form that the file is sent with."""

    task_id: TaskId
    status: TaskState
    status_url: str
    upload_url: str | None = None
    upload_fields: dict[str, str] | None = None


class ReadFailure(BaseModel):
    code: str
    message: str


class ReadTask(BaseModel):
    task_id: TaskId
    status: TaskState
    result: ReadFile | None = None
    error: ReadFailure | None = None


class FileToRead(BaseModel):
    """The event of the function that reads: ids only."""

    tenant_id: UUID
    user_id: UUID
    task_id: UUID


class Outcome(BaseModel):
    """What storage keeps: a result, or the reason of ``RejectedError``."""

    result: ReadFile | None = None
    reason: str = ""
