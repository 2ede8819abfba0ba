"""What was asked → one SELECT for the tool's sandbox. Entry: ``select_of``. Names and texts of files are quoted."""

from __future__ import annotations

from typing import Final

from voicehelper.agents.planning.table_queries.asked import Asked, Condition, Group, Measure
from voicehelper.agents.planning.table_queries.known import KnownTable
from voicehelper.messages.language import Language

_MOST_ROWS: Final = 200
_NAMES: Final = {
    "zh": {"sum": "{}合计", "avg": "平均{}", "max": "最高{}", "min": "最低{}", "median": "{}中位数", "count": "行数",
           "distinct": "不同{}数", "rows": "计入行数", "month": "月份", "year": "年份"},
    "en": {"sum": "total {}", "avg": "average {}", "max": "highest {}", "min": "lowest {}", "median": "median {}",
           "count": "count", "distinct": "number of different {}", "rows": "rows counted",
           "month": "month", "year": "year"},
}  # fmt: skip
_DATE_PARTS: Final = {"month": "substr({}, 1, 7)", "year": "substr({}, 1, 4)", "": "{}"}


def select_of(asked: Asked, table: KnownTable, language: Language) -> str:
    """Aggregates come with the number of rows that they are computed of."""
    source = quoted(table.name)
    where = " AND ".join(_condition(condition) for condition in asked.conditions)
    filtered = f" WHERE {where}" if where else ""
    if asked.measures and asked.measures[0].function:
        return _aggregated(asked, source, filtered, language)
    if asked.measures:
        return _extreme_rows(asked, source, where)
    columns = ", ".join(dict.fromkeys(quoted(column.name) for column in asked.shown)) or "*"
    return f"SELECT {columns} FROM {source}{filtered} LIMIT {_MOST_ROWS}"  # noqa: S608  (quoted above)


def _aggregated(asked: Asked, source: str, filtered: str, language: Language) -> str:
    groups = list(dict.fromkeys(_group(group) for group in asked.groups))
    measures = [f"{_measure(one)} AS {quoted(_name(one, language))}" for one in asked.measures]
    if asked.measures[0].function not in ("count", "distinct"):
        measures.append(f"{_counted(asked.measures[0])} AS {quoted(_NAMES[language]['rows'])}")
    selected = ", ".join([*_named(groups, language), *measures])
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    order = f" ORDER BY {len(groups) + 1} {(asked.extreme or 'desc').upper()}" if groups else ""
    if groups and not asked.extreme and any(group.part or group.column.is_date for group in asked.groups):
        order = " ORDER BY 1"
    limit = asked.limit if asked.extreme else _MOST_ROWS
    return f"SELECT {selected} FROM {source}{filtered}{grouped}{order} LIMIT {limit}"  # noqa: S608  (quoted above)


def _extreme_rows(asked: Asked, source: str, where: str) -> str:
    """All rows that share the extreme, where one is asked for."""
    [measure] = asked.measures
    assert measure.column
    column, function = quoted(measure.column.name), "max" if asked.extreme == "desc" else "min"
    is_number = f"typeof({column}) = 'real'"
    kept = f"{is_number} AND {where}" if where else is_number
    columns = ", ".join(dict.fromkeys(quoted(shown.name) for shown in asked.shown)) if len(asked.shown) > 1 else "*"
    if asked.limit > 1:
        order = f"ORDER BY {column} {asked.extreme.upper()} LIMIT {asked.limit}"
        return f"SELECT DISTINCT {columns} FROM {source} WHERE {kept} {order}"  # noqa: S608  (quoted above)
    extreme = f"(SELECT {function}({column}) FROM {source} WHERE {kept})"  # noqa: S608  (quoted above)
    return f"SELECT DISTINCT {columns} FROM {source} WHERE {kept} AND {column} = {extreme} LIMIT {_MOST_ROWS}"  # noqa: S608


def _measure(measure: Measure) -> str:
    """Texts among the numbers of a column count for nothing, not as zero."""
    if measure.column is None:
        return "count(*)"
    column = quoted(measure.column.name)
    if measure.function == "distinct":
        return f"count(DISTINCT {column})"
    if measure.function == "median":
        return f"median({column})"
    return f"{measure.function}({column}) FILTER (WHERE typeof({column}) = 'real')"


def _counted(measure: Measure) -> str:
    assert measure.column
    return f"count(*) FILTER (WHERE typeof({quoted(measure.column.name)}) = 'real')"


def _name(measure: Measure, language: Language) -> str:
    return _NAMES[language][measure.function].format(measure.column.name if measure.column else "")


def _named(groups: list[str], language: Language) -> list[str]:
    """Parts of dates under a name that people read."""
    names = {part: quoted(_NAMES[language][part]) for part in ("month", "year")}
    parts = {"7)": names["month"], "4)": names["year"]}
    return [f"{group} AS {parts[group[-2:]]}" if group.startswith("substr(") else group for group in groups]


def _group(group: Group) -> str:
    return _DATE_PARTS[group.part].format(quoted(group.column.name))


def _condition(condition: Condition) -> str:
    column = quoted(condition.column.name)
    if condition.operator == "not in":
        return f"coalesce({column}, '') NOT IN ({', '.join(map(_text, condition.texts))})"
    if condition.operator == "in":
        return f"{column} IN ({', '.join(map(_text, condition.texts))})"
    if condition.operator == "starts":
        return f"substr({column}, 1, {len(condition.texts[0])}) = {_text(condition.texts[0])}"
    if condition.operator == "month":
        return f"substr({column}, 6, 2) = {_text(condition.texts[0])}"
    is_number = f"typeof({column}) = 'real'"  # a text is greater than every number
    if condition.operator == "between":
        low, high = condition.numbers
        return f"({is_number} AND {column} BETWEEN {low:.15g} AND {high:.15g})"
    return f"({is_number} AND {column} {condition.operator} {condition.numbers[0]:.15g})"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\0", "") + "'"
