"""``Page``, the envelope of lists in responses, and ``PageRequest``; used by list endpoints."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel

ItemT = TypeVar("ItemT")


class PageRequest(BaseModel):
    page: int
    page_size: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


class Page(BaseModel, Generic[ItemT]):
    items: list[ItemT]
    total: int
    page: int
    page_size: int
    has_next: bool

    @classmethod
    def of(cls, items: list[ItemT], total: int, request: PageRequest) -> Page[ItemT]:
        has_next = request.page * request.page_size < total
        return cls(items=items, total=total, page=request.page, page_size=request.page_size, has_next=has_next)
