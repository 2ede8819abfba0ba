"""Removes links, pictures and HTML from a reply unless a passage holds them: ``keep_quoted_markup``.

A reply is shown by programs that open pictures without asking, so a model that was misled could send what it read to
any address. ``reply`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

# Bounded repetitions: a pattern must not read a long text again from each of its places.
_IMAGE: Final = re.compile(r"!\[[^\[\]]{0,500}\](?:\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)|\[[^\[\]]{0,200}\])")
_LINK: Final = re.compile(r"\[([^\[\]]{1,500})\](?:\(\s*<?([^()\s<>]{1,2000}(?:\([^()\s]{0,200}\))?)>?[^()]{0,200}\))")
_DEFINITION: Final = re.compile(r"^ {0,3}\[[^\[\]]{1,200}\]:\s.*$", re.MULTILINE)
_TAG: Final = re.compile(r"<[A-Za-z/!?][^<>]{0,2000}>")
_OPEN_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")
_HOST: Final = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
_URL: Final = re.compile(
    r"(?:(?<![A-Za-z0-9+.-])(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://|www\.|(?:mailto|javascript|data|vbscript|tel|file):(?=\S))"
    rf"|(?<![A-Za-z0-9.@/-]){_HOST}(?::\d{{1,5}})?[/?](?=[A-Za-z0-9._~%?&=#-])|(?<![A-Za-z0-9.@-])//(?={_HOST}))"
    r"[^\s<>\"'`，。；、！？）】」』|()\[\]{}\u4e00-\u9fff]*"
)
_ADDRESS: Final = re.compile(rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{{1,64}}@{_HOST}")


REMOVED: Final = "\ue000"  # where an address was; of no meaning in any text, and taken out of replies first


def keep_quoted_markup(reply: str, sources: Iterable[str]) -> str:
    """The reply without what no source holds; of a link its text stays, of an address ``REMOVED``, else nothing."""
    held = "\n".join(sources)
    reply = reply.replace(REMOVED, "")
    if not any(sign in reply for sign in ("<", "](", "://", "][", "]:", "www.", "@", "/", ":")):
        return reply
    addresses = _addresses(held)
    text = _IMAGE.sub(_unless(lambda match: match.group() in held, ""), reply)
    text = _LINK.sub(_unless(lambda match: _bare(match.group(2)) in addresses, rf"\1{REMOVED}"), text)
    text = _DEFINITION.sub(_unless(lambda match: match.group().strip() in held, ""), text)
    text = _URL.sub(_unless(lambda match: _bare(match.group()) in addresses, REMOVED), text)
    text = _ADDRESS.sub(_unless(lambda match: match.group() in addresses, REMOVED), text)
    text = _TAG.sub(_unless(lambda match: match.group() in held, ""), text)
    return text if "<" in held else _OPEN_TAG.sub("‹", text)


def _addresses(text: str) -> frozenset[str]:
    """Every address in the text; whole ones, so that "http://a.example" does not allow "http://a.example.evil"."""
    links = [_bare(match.group(2)) for match in _LINK.finditer(text)]
    urls = [_bare(match.group()) for match in _URL.finditer(text)]
    return frozenset([*links, *urls, *_ADDRESS.findall(text)])


def _bare(url: str) -> str:
    return url.rstrip(".,;:!?/*_")


def _unless(holds: Callable[[re.Match[str]], bool], replacement: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.group() if holds(match) else match.expand(replacement)
