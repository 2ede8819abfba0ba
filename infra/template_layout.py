"""template.yaml as text: its table of contents, its banners, and where a new function's block goes.

Entry: ``sections()`` for the contract test, ``insert_function()`` for `make function`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# What functions share, then their folders: as a caller meets them, and last what runs behind.
SHARED: Final = ("edge", "layers", "storage", "database", "grants")
DOMAINS: Final = (
    "identity",
    "members",
    "webhooks",
    "conversations",
    "knowledge",
    "retrieval",
    "agents",
    "tools",
    "live",
    "multimodal",
    "voice",
    "protocols",
    "operations",
    "ingestion",
    "agent_steps",
)

_BANNER: Final = re.compile(r"^  # -{64} (\w+)$", re.MULTILINE)
_BLOCK: Final = re.compile(r"^  (\w+):$", re.MULTILINE)
_CONTENTS: Final = re.compile(r"^#   (\w+) +\S", re.MULTILINE)
_HANDLER: Final = re.compile(r"^      Handler: (\w+)\.(\w+)\.handler$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one banner: the text between it and the next one."""

    name: str
    text: str

    @property
    def resources(self) -> list[str]:
        """Logical ids, in order."""
        return _BLOCK.findall(self.text)

    @property
    def functions(self) -> list[tuple[str, str]]:
        """(folder, file name) of each function's handler, in order."""
        return _HANDLER.findall(self.text)


def contents(text: str) -> list[str]:
    """Names in the table of contents at the top."""
    return _CONTENTS.findall(text.partition("\nParameters:")[0])


def sections(text: str) -> list[Section]:
    body = text[text.index("\nResources:\n") : text.index("\nOutputs:\n")]
    _, *parts = _BANNER.split(body)
    return [Section(name, part) for name, part in zip(parts[::2], parts[1::2], strict=True)]


def in_order(folders: Iterable[str]) -> list[str]:
    """Banners of these folders of functions/; a folder that DOMAINS does not name comes last."""
    return sorted(folders, key=lambda name: (DOMAINS.index(name) if name in DOMAINS else len(DOMAINS), name))


def insert_function(text: str, *, domain: str, file_name: str, block: str) -> str:
    """The template with a function's block under its domain's banner, by file name; a new domain gets a banner.

    ``block`` ends in one line break.
    """
    existing = next((section for section in sections(text) if section.name == domain), None)
    if existing is None:
        return _add_domain(text, domain, block)
    return text.replace(existing.text, _with_block(existing.text, file_name, block))


def _with_block(section: str, file_name: str, block: str) -> str:
    """Before the first function with a later name, else after the last one: what is no function stays last."""
    blocks = re.split(r"(?<=\n)\n(?=  \S|\Z)", section)
    names = [match[2] if (match := _HANDLER.search(part)) else None for part in blocks]
    later = [index for index, name in enumerate(names) if name and name > file_name]
    place = later[0] if later else max(index for index, name in enumerate(names) if name) + 1
    lead = "\n" if place == 0 else ""  # the banner's own line break belongs to the first block
    blocks[place:place] = [f"{lead}{block}"]
    if lead:
        blocks[1] = blocks[1].removeprefix("\n")
    return "\n".join(blocks)


def _add_domain(text: str, domain: str, block: str) -> str:
    names = in_order([domain, *(name for name in contents(text) if name not in SHARED)])
    position = names.index(domain)
    previous = names[position - 1] if position else SHARED[-1]
    entry = re.sub(rf"^(#   {previous} .*\n)", rf"\g<1>#   {domain:<14} functions/{domain}\n", text, flags=re.MULTILINE)
    following = f"\n{_banner(names[position + 1])}" if names[position + 1 :] else "\nOutputs:\n"
    return entry.replace(following, f"\n{_banner(domain)}{block}{following}")


def _banner(name: str) -> str:
    return f"  # {'-' * 64} {name}\n"
