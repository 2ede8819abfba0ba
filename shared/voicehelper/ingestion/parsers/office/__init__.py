"""Word, PowerPoint, Excel and OpenDocument spreadsheets.

Entry: ``parse`` of ``docx``, ``pptx``, ``xlsx``, ``xls`` and ``ods``. Only ``ingestion.parse`` may
import them.
"""
