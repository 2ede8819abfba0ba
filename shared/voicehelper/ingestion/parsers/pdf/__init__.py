"""PDF through PDFium: words with boxes → lines in reading order → tables, headings and paragraphs.

Entry: ``document.parse``. Only ``ingestion.parse`` may import it.
"""
