"""One package per family of file formats: bytes in, a ``ParsedDocument`` of text blocks out.

Every format has one module with the entry function ``parse(content, filename) -> ParsedDocument``, which raises
``RejectedError`` for a file that cannot be indexed. ``ingestion.parse`` picks the module by content and name and
imports only that one; nothing else may import from here, because parsers run inside the sandbox's child process.
"""
