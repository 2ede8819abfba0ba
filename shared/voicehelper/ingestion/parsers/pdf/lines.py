"""A line of a PDF page and the segments it consists of; plain values that ``order`` builds and all later steps read."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.word import Word


@dataclass(slots=True)
class Segment:
    """Words side by side on one line, such as a cell, or a whole ruled table; ``sequence`` is its rank in the file."""

    words: list[Word]
    left: float
    top: float
    right: float
    bottom: float
    sequence: int
    table: RuledTable | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Line:
    """Segments at one height within one region, from left to right.

    ``left_edge`` and ``right_edge`` are those of the region, ``usual_gap`` is the space between two of its lines.
    """

    segments: list[Segment]
    region: int
    left_edge: float
    right_edge: float
    usual_gap: float = 0.0
    is_whole: bool = False  # it ends where it ends, though it is as wide as its region
    top: float = field(init=False)
    bottom: float = field(init=False)
    size: float = field(init=False, default=0.0)  # stored, not computed: each is read many times per line
    weight: int = field(init=False, default=400)
    text: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.top = min(segment.top for segment in self.segments)
        self.bottom = max(segment.bottom for segment in self.segments)
        words = [word for segment in self.segments for word in segment.words]
        if words:
            self.size = median([word.bottom - word.top for word in words])
            self.weight = min([word.weight for word in words])
            self.text = " ".join([word.text for word in words])

    @property
    def table(self) -> RuledTable | None:
        return self.segments[0].table

    @property
    def left(self) -> float:
        return self.segments[0].left

    @property
    def right(self) -> float:
        return self.segments[-1].right

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def region_width(self) -> float:
        return self.right_edge - self.left_edge

    @property
    def is_full(self) -> bool:
        """It reaches the edge of its region, so its sentence continues on the next line."""
        return self.right >= self.right_edge - max(0.12 * self.region_width, 2 * self.size)
