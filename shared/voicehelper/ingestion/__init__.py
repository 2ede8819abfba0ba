"""From an uploaded file to an indexed document: attempts, the steps of the state machine, parsers and chunks.

``attempts.start_for_message`` begins, ``steps`` are the Lambda functions' work, ``failures`` ends what went wrong.
``knowledge`` and ``functions/ingestion`` import this room.
"""
