"""One envelope for every list."""

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
    def of(cls, items: list[ItemT], total: int, asked: PageRequest) -> Page[ItemT]:
        has_next = asked.page * asked.page_size < total
        return cls(items=items, total=total, page=asked.page, page_size=asked.page_size, has_next=has_next)
