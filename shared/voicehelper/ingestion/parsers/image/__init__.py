"""Pictures: checked for their size, and refused, because they hold no text layer.

Entry: ``picture.parse``. Only ``ingestion.parse`` may import it.
"""
