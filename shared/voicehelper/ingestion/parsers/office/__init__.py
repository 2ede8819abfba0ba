"""Word, PowerPoint, Excel and OpenDocument spreadsheets.

Entry: ``parse`` of ``docx``, ``pptx``, ``xlsx`` and ``xls`` (the last also reads ODS). Only ``ingestion.parse`` may
import them.
"""
