"""Office files as packages: parts of a zip archive as XML trees, without entities, network access or namespaces.

Entry: ``Package``, used by ``docx`` and ``xlsx``; the functions below it read elements by their local names.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator

from lxml import etree

from voicehelper.errors import RejectedError
from voicehelper.ingestion.zip_parts import DAMAGED_ZIP

Element = etree._Element


class Package:
    """Read access to the parts; a missing part is None, a damaged one raises ``corrupt``."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGED_ZIP as error:
            raise RejectedError("corrupt", str(error)) from error
        self.names = set(self._archive.namelist())

    def read(self, name: str) -> bytes | None:
        if name not in self.names:
            return None
        try:
            return self._archive.read(name)
        except DAMAGED_ZIP as error:
            raise RejectedError("corrupt", name) from error

    def tree(self, name: str) -> Element | None:
        content = self.read(name)
        return None if content is None else xml_tree(content, name)

    def decoration(self, name: str) -> Element | None:
        """A part whose loss does not change the text, such as styles: None if it is missing or damaged."""
        try:
            return self.tree(name)
        except RejectedError:
            return None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Relation id → (type, part) of a part; targets outside the file are left out, so nothing is ever fetched."""
        folder, file = posixpath.split(name)
        root = self.tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        relations: dict[str, tuple[str, str]] = {}
        for relation in root if root is not None else ():
            if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                continue
            target = relation.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            relations[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], part)
        return relations

    def related(self, name: str, kind: str) -> str | None:
        """The first part that ``name`` refers to with this type of relation."""
        return next((part for relation, part in self.relations(name).values() if relation == kind), None)

    def related_tree(self, name: str, kind: str) -> Element | None:
        part = self.related(name, kind)
        return self.tree(part) if part else None

    def related_decoration(self, name: str, kind: str) -> Element | None:
        part = self.related(name, kind)
        return self.decoration(part) if part else None


def xml_tree(content: bytes, name: str) -> Element:
    """The root element. ``name`` of the part goes into the error, ``corrupt`` or ``deep_nesting``."""
    # Without huge_tree: libxml2 then refuses trees that nest deeper than any program writes.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise RejectedError("deep_nesting" if "depth" in str(error) else "corrupt", name) from error


def local(element: Element) -> str:
    """The tag without its namespace, the only relevant difference between transitional and strict files."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute by its local name."""
    if element is None:
        return None
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def child(element: Element | None, name: str) -> Element | None:
    return None if element is None else next((item for item in element if local(item) == name), None)


def children(element: Element | None, *names: str) -> Iterator[Element]:
    return (item for item in (element if element is not None else ()) if local(item) in names)


def value_of(element: Element | None, name: str) -> str | None:
    """``val`` of the child ``name``."""
    return attribute(child(element, name), "val")


def number(text: str | None, default: int = 0) -> int:
    """A whole number of at most nine digits, as attributes hold it; ``default`` for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else default
