"""Computes formulas whose values a file does not store, as files written by programs: sums, products and the like.

Entry: ``Calculator.value``, called by ``xlsx``. A small evaluator of its own: formula libraries are under copyleft
licences (pycel, formulas) or need NumPy and pandas (xlcalculator), and none of them bounds its work. Nothing is
executed: functions are those in ``formula_functions``, and all formulas of a workbook share one budget of cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from voicehelper.ingestion.parsers.office.formula_functions import (
    FUNCTIONS,
    FormulaError,
    Grid,
    Scalar,
    calculated,
    is_true,
)
from voicehelper.ingestion.parsers.office.formula_syntax import (
    Call,
    Constant,
    Corner,
    Node,
    NotComputedError,
    Reference,
    parsed_formula,
)

_MAX_VISITED_CELLS = 2_000_000  # by all formulas of a workbook
_MAX_CHAIN = 40  # formulas that wait for each other
_MAX_DEPTH = 120  # of trees that are evaluated within each other; with _MAX_CHAIN well below Python's own limit


@dataclass(frozen=True, slots=True)
class Formula:
    """``text`` has no "="; ``shift`` is how far (rows, columns) the cell is from the one ``text`` was written for."""

    text: str
    shift: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class CellGrid:
    """The cells of a sheet: (row from 1, column from 0) → value or formula."""

    cells: dict[tuple[int, int], Scalar | Formula] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    def put(self, row: int, column: int, value: Scalar | Formula) -> None:
        self.cells[row, column] = value
        self.rows, self.columns = max(self.rows, row), max(self.columns, column + 1)


Place = tuple[str, int, int]  # sheet, row, column


class Calculator:
    def __init__(self, grid_of: Callable[[str], CellGrid | None]) -> None:
        """``grid_of`` finds a sheet by its name; None if there is none."""
        self._grid_of = grid_of
        self._waiting: set[Place] = set()
        self._visited = 0
        self._depth = 0

    def value(self, sheet: str, row: int, column: int) -> Scalar:
        """None for an empty cell, "#DIV/0!" and the like for an error. Raises NotComputedError."""
        grid = self._grid(sheet)
        content = grid.cells.get((row, column))
        if not isinstance(content, Formula):
            return content
        place = (sheet, row, column)
        if place in self._waiting or len(self._waiting) >= _MAX_CHAIN:
            raise NotComputedError("circular or long chain")
        self._waiting.add(place)
        try:
            result = self._single(parsed_formula(content.text), sheet, content.shift)
        except FormulaError as error:
            result = error.sign
        finally:
            self._waiting.discard(place)
        grid.cells[row, column] = result
        return result

    def _grid(self, sheet: str) -> CellGrid:
        grid = self._grid_of(sheet)
        if grid is None:
            raise NotComputedError(f"no sheet {sheet}")
        return grid

    def _single(self, node: Node | None, sheet: str, shift: tuple[int, int]) -> Scalar:
        """One value; a range of one cell is its value."""
        result = self._evaluate(node, sheet, shift)
        if not isinstance(result, list):
            return result
        if len(result) != 1 or len(result[0]) != 1:
            raise NotComputedError("a range in place of a value")
        return result[0][0]

    def _evaluate(self, node: Node | None, sheet: str, shift: tuple[int, int]) -> Scalar | Grid:
        if node is None or isinstance(node, Constant):
            return None if node is None else node.value
        if self._depth >= _MAX_DEPTH:
            raise NotComputedError("deep formula")
        self._depth += 1
        try:
            return self._result(node, sheet, shift)
        finally:
            self._depth -= 1

    def _result(self, node: Reference | Call, sheet: str, shift: tuple[int, int]) -> Scalar | Grid:
        if isinstance(node, Reference):
            return self._referred(node, sheet, shift)
        if node.name in ("IF", "IFERROR"):
            return self._conditional(node, sheet, shift)
        if node.name in FUNCTIONS:
            arguments = [self._evaluate(item, sheet, shift) for item in node.arguments]
            try:
                return FUNCTIONS[node.name](*arguments)
            except TypeError as error:  # too many or too few arguments
                raise NotComputedError(node.name) from error
        return calculated(node.name, [self._single(item, sheet, shift) for item in node.arguments])

    def _conditional(self, call: Call, sheet: str, shift: tuple[int, int]) -> Scalar:
        """Only the branch that counts is evaluated."""
        arguments: list[Node | None] = [*call.arguments, None, None, None]
        if call.name == "IFERROR":
            try:
                value = self._single(arguments[0], sheet, shift)
            except FormulaError:
                return self._single(arguments[1], sheet, shift)
            return self._single(arguments[1], sheet, shift) if FormulaError.is_sign(value) else value
        if is_true(self._single(arguments[0], sheet, shift)):
            return self._single(arguments[1], sheet, shift)
        return self._single(arguments[2], sheet, shift) if len(call.arguments) > 2 else False

    def _referred(self, node: Reference, sheet: str, shift: tuple[int, int]) -> Scalar | Grid:
        name = sheet if node.sheet is None else node.sheet
        start = _moved(node.start, shift)
        if node.end is None:
            return self._visit(name, *start)
        return list(self._range(name, start, _moved(node.end, shift)))

    def _range(self, sheet: str, start: tuple[int, int], end: tuple[int, int]) -> Iterator[list[Scalar]]:
        """Row by row, as far as the sheet has cells."""
        grid = self._grid(sheet)
        top, bottom = sorted((start[0], end[0]))
        left, right = sorted((start[1], end[1]))
        for row in range(top, min(bottom, grid.rows) + 1):
            yield [self._visit(sheet, row, column) for column in range(left, min(right + 1, grid.columns))]

    def _visit(self, sheet: str, row: int, column: int) -> Scalar:
        self._visited += 1
        if self._visited > _MAX_VISITED_CELLS:
            raise NotComputedError("too much to compute")
        return self.value(sheet, row, column)


def _moved(corner: Corner, shift: tuple[int, int]) -> tuple[int, int]:
    row = corner.row + (0 if corner.is_row_fixed else shift[0])
    column = corner.column + (0 if corner.is_column_fixed else shift[1])
    if row < 1 or column < 0:
        raise NotComputedError("outside the sheet")
    return row, column
