"""Conversations and their messages: a question with a memory, answered the same way as a single one.

``service.send_message`` is the entry; only ``functions/`` and ``entry`` import this room.
"""
