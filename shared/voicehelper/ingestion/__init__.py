"""From an uploaded file to an indexed document: attempts, the steps of the state machine, parsers and chunks.

``attempts.start_for_message`` starts executions, ``steps`` are the work of the Lambda functions, ``failures`` records
failed attempts.
``knowledge`` and ``functions/ingestion`` import this room.
"""
