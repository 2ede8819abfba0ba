"""Metric math: what infra/alarms.yaml uses of it, and nothing else. Entry: ``evaluate``.

Of each point in time a metric has a value or none. Arithmetic with a missing value is missing, and so is a division by
zero: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

Value = float | None

_OPERATORS: Final[dict[type[ast.AST], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


class UnknownExpressionError(ValueError):
    """It uses what this module does not know."""


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """At one point in time; ``values`` by the metrics' ids. A metric math expression reads as a Python expression."""
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise UnknownExpressionError(expression) from error
    return _value(tree.body, values)


def _value(node: ast.AST, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _apply(op, _value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _apply(op, _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, other], keywords=[]):
            return _chosen(_value(condition, values), _value(then, values), _value(other, values))
        case ast.Call(func=ast.Name(id="FILL"), args=[series, ast.Constant(value=int() | float() as filler)]):
            found = _value(series, values)
            return float(filler) if found is None else found
    raise UnknownExpressionError(ast.unparse(node))


def _apply(op: ast.AST, left: Value, right: Value) -> Value:
    if type(op) not in _OPERATORS:
        raise UnknownExpressionError(ast.unparse(op))
    if left is None or right is None or (isinstance(op, ast.Div) and right == 0):
        return None
    return float(_OPERATORS[type(op)](left, right))


def _chosen(condition: Value, then: Value, other: Value) -> Value:
    if condition is None:
        return None
    return then if condition else other
