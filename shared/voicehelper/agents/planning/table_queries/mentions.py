"""A question as mentions: columns and values of a table, numbers, and words that ask. Entry: ``mentions_of``.

The longest name counts at each place. A word that is none of these makes the question one about something else: a
query that left it out would answer another question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable
from voicehelper.agents.planning.table_queries.lexicon import (
    COUNT_ENDS,
    GROUPS,
    ID_ENDS,
    MONTHS,
    NAME_ENDS,
    NUMBERS,
    PHRASES,
    SCALES,
    Kind,
    ends_with,
    groups_of,
)
from voicehelper.agents.planning.table_queries.tokens import Tokens, tokens

_MAX_PHRASE: Final = 12  # tokens
_WHOLE, _WITHOUT_END, _OTHER_NAME, _ID = 4, 3, 2, 1  # how well a column's name fits


@dataclass(frozen=True, slots=True)
class Mention:
    """``column`` for a column or a value's own; ``texts`` are the value's forms in the file."""

    kind: Kind
    what: str = ""
    column: KnownColumn | None = None
    texts: tuple[str, ...] = ()
    number: float = 0.0


class UnknownWordError(Exception):
    """A word that neither names something in the table nor only asks; or one that could name several."""


@dataclass(frozen=True, slots=True)
class _Names:
    columns: Mapping[Tokens, KnownColumn | None]  # None where two fit alike
    values: Mapping[Tokens, tuple[Mention, ...]]
    rows: frozenset[Tokens]  # what a row may be called: "order" in orders.csv


def mentions_of(question: str, table: KnownTable) -> list[Mention]:
    """In their order; raises UnknownWordError."""
    words, names, found = tokens(question), _names(table), list[Mention]()
    place = 0
    while place < len(words):
        mention, length = _longest(words, place, names)
        found.extend(mention)
        place += length
    return found


def _longest(words: Tokens, place: int, names: _Names) -> tuple[list[Mention], int]:
    if number := _number(words, place):
        value, taken = number
        return [Mention("number", "scaled" if taken > 1 else "", number=value)], taken
    for length in range(min(_MAX_PHRASE, len(words) - place), 0, -1):
        phrase = words[place : place + length]
        if (mention := _mention(phrase, names)) is not None:
            return mention, length
    raise UnknownWordError(words[place])


def _mention(phrase: Tokens, names: _Names) -> list[Mention] | None:
    if phrase in names.columns:
        if (column := names.columns[phrase]) is None:
            raise UnknownWordError(" ".join(phrase))
        return [Mention("column", column=column)]
    if (counted := _counted(phrase, names)) is not None:
        return counted
    if phrase in names.values:
        return list(names.values[phrase])
    if phrase in names.rows:
        return [Mention("rows")]
    if phrase in PHRASES:
        word = PHRASES[phrase]
        return [] if word.kind == "silent" else [Mention(word.kind, word.what)]
    if len(phrase) == 1 and phrase[0] in MONTHS:
        return [Mention("month_of", number=MONTHS[phrase[0]])]
    return None


def _counted(phrase: Tokens, names: _Names) -> list[Mention] | None:
    """ "订单数", "order count": how many there are of what a row or a column names, where no column is called so."""
    end = next((end for end in COUNT_ENDS if ends_with(phrase, end) and len(phrase) > len(end)), None)
    if end is None:
        return None
    stem = phrase[: len(phrase) - len(end)]
    column = names.columns.get(stem)
    if stem in names.rows and column is None:
        return [Mention("rows"), Mention("count")]
    if column is None or (column.kind == "REAL" and not is_id(column)):
        return None
    is_quantity = end == tokens("数量") and names.columns.get(end) is not None and not is_id(column)
    return None if is_quantity else [Mention("column", column=column), Mention("count")]


def is_id(column: KnownColumn) -> bool:
    """A number or text that only names a row."""
    name = bare_name(column)
    return any(ends_with(name, end) for end in ID_ENDS)


def bare_name(column: KnownColumn) -> Tokens:
    """Without what stands in parentheses."""
    return tokens(column.name.partition("(")[0].partition("（")[0].replace("_", " "))


def _number(words: Tokens, place: int) -> tuple[float, int] | None:
    """(value with its scale, how many tokens); words count as numbers where they are not part of a name."""
    word = words[place]
    if word[0].isdigit():
        value = float(word.replace(",", "")) if word.count(".") < 2 else -1.0
    elif word in NUMBERS and word not in ("一", "one"):
        value = float(NUMBERS[word])
    else:
        return None
    taken = 1
    while place + taken < len(words) and words[place + taken] in SCALES and word[0].isdigit():
        value, taken = value * SCALES[words[place + taken]], taken + 1
    return value, taken


def _names(table: KnownTable) -> _Names:
    columns = _columns(table)
    about = [tokens(table.filename.rpartition(".")[0]), tokens(table.title)]
    rows = {part for name in about for part in _parts(name) if part not in columns and part not in PHRASES}
    return _Names(columns, _values(table, columns), frozenset(rows))


def _parts(name: Tokens) -> Iterator[Tokens]:
    """The whole name, each of its words, and other names of these."""
    words = [name] if name else []
    words += [(word,) for word in name if len(word) > 1]
    yield from words
    for group in GROUPS:
        if any(_contains(name, member) for member in group):
            yield from group


def _contains(name: Tokens, part: Tokens) -> bool:
    return any(name[at : at + len(part)] == part for at in range(len(name) - len(part) + 1))


def _columns(table: KnownTable) -> dict[Tokens, KnownColumn | None]:
    fits: dict[Tokens, dict[str, int]] = defaultdict(dict)
    by_name = {column.name: column for column in table.columns}
    for column in table.columns:
        for name, fit in _names_of(column.name):
            fits[name][column.name] = max(fit, fits[name].get(column.name, 0))
    return {name: _best(of, by_name) for name, of in fits.items()}


def _best(fits: Mapping[str, int], columns: Mapping[str, KnownColumn]) -> KnownColumn | None:
    best = max(fits.values())
    nearest = [name for name, fit in fits.items() if fit == best]
    return columns[nearest[0]] if len(nearest) == 1 else None


def _names_of(name: str) -> Iterator[tuple[Tokens, int]]:
    """With how well each fits. What stands in parentheses is a unit: "amount (USD)"."""
    whole, bare = tokens(name), tokens(name.partition("(")[0].partition("（")[0].replace("_", " "))
    yield whole, _WHOLE
    yield bare, _WHOLE
    fit, stem = _WITHOUT_END, bare
    for ends, its_fit in ((NAME_ENDS, _WITHOUT_END), (ID_ENDS, _ID)):
        end = next((end for end in ends if ends_with(bare, end) and len(bare) > len(end)), None)
        if end:
            stem, fit = bare[: len(bare) - len(end)], its_fit
            yield stem, fit
            break
    if stem == bare and len(bare) > 1 and all(word.isascii() for word in bare):
        yield bare[-1:], _OTHER_NAME  # "price" of "unit price"
    for group in groups_of(stem):
        yield from ((member, min(fit, _OTHER_NAME)) for member in group)


def _values(table: KnownTable, columns: Mapping[Tokens, KnownColumn | None]) -> dict[Tokens, tuple[Mention, ...]]:
    """A text that stands in two columns is none."""
    texts: dict[Tokens, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for column in table.columns:
        for value in () if column.is_date else column.values:
            if _is_name(name := tokens(value)) and name not in columns and name not in PHRASES:
                texts[name][column.name].append(value)
    by_name = {column.name: column for column in table.columns}
    return {
        name: tuple(Mention("value", column=by_name[column], texts=tuple(values)) for column, values in of.items())
        for name, of in texts.items()
        if len(of) == 1
    }


def _is_name(name: Tokens) -> bool:
    """Not one letter or digit alone, nor a sentence."""
    return 0 < len(name) <= _MAX_PHRASE and (len(name) > 1 or len(name[0]) > 1)
