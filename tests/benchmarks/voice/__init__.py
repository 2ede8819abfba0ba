"""Edges of speech beside a second detector, and words lost on a round trip through espeak-ng and faster-whisper."""
