"""What parsers share: decoding, cleaning, heading paths, named table rows, and building the ``ParsedDocument``.

No entry function of its own. Only the other parser packages may import it.
"""
