"""Mail with its attachments, each read by the parser of its own type.

Entry: ``eml.parse``. Only ``ingestion.parse`` may import it.
"""
