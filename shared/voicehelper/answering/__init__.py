"""From a question to an answer that cites its passages, or to a refusal where they do not answer it.

``service.answer_question`` is the entry: an iterator of events that ends in one ``Answered``. ``reader`` answers
without a model, ``hosted`` with one. Conversations and ``entry`` import this room.
"""
