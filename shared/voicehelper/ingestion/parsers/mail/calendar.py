"""Invitations and other entries of a calendar (RFC 5545): what, when, where and who.

Entry function: ``calendar_blocks``, called by ``eml``. Read by hand: few properties matter, and times stay as the
sender wrote them, with the name of their zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r"^([A-Za-z-]{1,60})((?:;[^:\"]*+|\"[^\"]*+\")*+):(.*)")
_PARAMETER: Final = re.compile(r";([A-Za-z-]{1,60})=(\"[^\"]*\"|[^;]*)")
_TIME: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_ESCAPE: Final = re.compile(r"\\(.)")
_DURATION: Final = re.compile(r"(?<!\d)(\d{1,9})([WDHM])")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ENTRIES: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
_MAX_ENTRIES: Final = 10_000
_NAMES: Final = {
    "en": ("Event", "When", "until", "Where", "Organizer", "Attendees", "Repeats", "Status", "cancelled"),
    "zh": ("日程", "时间", "至", "地点", "组织者", "参加者", "重复", "状态", "已取消"),
}
_UNITS: Final = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes"}


class _Property(NamedTuple):
    name: str
    parameters: dict[str, str]
    value: str


def calendar_blocks(text: str) -> Iterator[Block]:
    """Per entry a row of what, when and where, one of who, and the description."""
    method = ""
    open_entry: list[_Property] | None = None
    depth = entries = 0
    for line in _FOLD.sub("", text).splitlines():
        found = _property(line)
        if found is None:
            continue
        if found.name == "METHOD":
            method = found.value.strip().upper()
        elif found.name == "BEGIN" and open_entry is None and found.value.strip().upper() in _ENTRIES:
            open_entry, depth, entries = [], 0, entries + 1
        elif open_entry is not None and found.name in ("BEGIN", "END"):
            depth += 1 if found.name == "BEGIN" else -1
            if depth < 0:
                yield from _entry_blocks(open_entry, is_cancelled=method == "CANCEL")
                open_entry = None
        elif open_entry is not None and not depth:  # what alarms inside say is not the entry's
            open_entry.append(found)
        if entries > _MAX_ENTRIES:
            return


def _property(line: str) -> _Property | None:
    match = _LINE.match(line)
    if match is None:
        return None
    parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(match[2])}
    return _Property(match[1].upper(), parameters, match[3])


def _entry_blocks(entry: Sequence[_Property], *, is_cancelled: bool) -> Iterator[Block]:
    first = {found.name: found for found in reversed(entry)}
    summary = _value(first.get("SUMMARY"))
    is_chinese = _HAN.search(summary + _value(first.get("LOCATION"))) is not None
    what, when, until, where, organizer, attendees, repeats, status, cancelled = _NAMES["zh" if is_chinese else "en"]
    state = cancelled if is_cancelled else _value(first.get("STATUS")).lower()
    event = _row((what, summary), (when, _period(first, until)), (where, _value(first.get("LOCATION"))),
                 (repeats, _rule(first.get("RRULE"))), (status, state))  # fmt: skip
    guests = ", ".join(filter(None, (_person(found) for found in entry if found.name == "ATTENDEE")))
    people = _row((organizer, _person(first.get("ORGANIZER"))), (attendees, guests))
    yield Block(event, "table")
    yield Block(f"{what}: {summary} | {people}" if summary and people else people, "table")
    yield Block(clean_text(_unescaped(first["DESCRIPTION"].value)) if "DESCRIPTION" in first else "")


def _row(*pairs: tuple[str, str]) -> str:
    return " | ".join(f"{name}: {value}" for name, value in pairs if value)


def _value(found: _Property | None) -> str:
    return one_line(_unescaped(found.value)) if found else ""


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _person(found: _Property | None) -> str:
    if found is None:
        return ""
    address = re.sub(r"(?i)^mailto:", "", found.value.strip())
    name = one_line(found.parameters.get("CN", ""))
    return f"{name} <{address}>" if name and address and name != address else name or address


def _period(entry: dict[str, _Property], until: str) -> str:
    start = entry.get("DTSTART") or entry.get("DUE")
    if start is None:
        return ""
    begin, zone = _time(start.value), _zone(start)
    end = _time(entry["DTEND"].value) if "DTEND" in entry else _end_of_task(entry)
    if end and end[:10] == begin[:10]:
        end = end[11:]
    duration = ", ".join(
        f"{number} {_UNITS[unit]}" for number, unit in _DURATION.findall(_value(entry.get("DURATION")))
    )
    period = f"{begin} {until} {end}" if end and end != begin else begin
    return f"{period}{f', {duration}' if duration else ''}{f' ({zone})' if zone else ''}"


def _end_of_task(entry: dict[str, _Property]) -> str:
    return _time(entry["DUE"].value) if "DUE" in entry and "DTSTART" in entry else ""


def _time(value: str) -> str:
    match = _TIME.match(value.strip())
    if match is None:
        return one_line(value)
    day = "-".join(match.group(1, 2, 3))
    return f"{day} {match[4]}:{match[5]}" if match[4] else day


def _zone(found: _Property) -> str:
    match = _TIME.match(found.value.strip())
    return one_line(found.parameters.get("TZID", "")) or ("UTC" if match and match[6] else "")


def _rule(found: _Property | None) -> str:
    """ "weekly, interval 2, byday MO" as the standard names the parts."""
    if found is None:
        return ""
    parts = [part.partition("=") for part in found.value.split(";") if part]
    return ", ".join(
        value.lower() if name.upper() == "FREQ" else f"{name.lower()} {_time(value)}" for name, _, value in parts[:20]
    )
