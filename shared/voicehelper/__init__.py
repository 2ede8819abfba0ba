"""VoiceHelper's code, in rooms that import only the rooms below them (docs/architecture.md, checked by import-linter).

Imports nothing, because every cold start would load it.
"""
