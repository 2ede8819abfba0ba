"""Web pages, and HTML inside other formats.

Entry: ``html.parse`` for a page, ``html.html_pieces`` for a fragment. ``ingestion.parse`` imports the first, the mail
and Markdown parsers the second, when they meet HTML.
"""
