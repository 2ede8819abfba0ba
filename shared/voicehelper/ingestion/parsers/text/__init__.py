"""Plain text, Markdown and delimiter-separated values.

Entry: ``parse`` of ``plain``, ``markdown`` and ``delimited``. ``ingestion.parse`` imports them; the mail parser reads
bodies with ``plain.text_blocks``.
"""
