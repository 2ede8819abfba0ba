"""Conversations and their messages: questions that are answered with the history of the conversation.

``service.send_message`` is the entry; only ``functions/`` and ``entry`` import this room.
"""
