"""What is said and what is read aloud: recordings → text, text → speech, and a spoken question → a spoken answer.

``listening``, ``speaking`` and ``turns`` are the entries; ``functions/voice`` call them. Recordings of callers are
opened in a child process of a function that has no rights (``reading``), models are called by ``models``.
"""
