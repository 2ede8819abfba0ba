"""The value of an expression that a plan hands to the calculator, for tests that check what a plan computes."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "mean": lambda *numbers: sum(numbers) / len(numbers),
    "sum": lambda *numbers: sum(numbers),
    "sqrt": math.sqrt,
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
}


def value_of_expression(expression: str, found: Sequence[float] = ()) -> float:
    """``found`` stands for {1}, {2} …"""
    filled = re.sub(r"\{(\d+)\}", lambda match: repr(found[int(match[1]) - 1]), expression)
    filled = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", filled)
    return _value(ast.parse(filled, mode="eval").body)


def _value(node: Any) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left=left, op=sign, right=right):
            return _OPERATORS[type(sign)](_value(left), _value(right))
        case ast.UnaryOp(op=sign, operand=operand):
            return _OPERATORS[type(sign)](_value(operand))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*map(_value, arguments))
    raise ValueError(ast.dump(node))
