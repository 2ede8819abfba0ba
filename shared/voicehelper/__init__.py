"""VoiceHelper's code, in rooms: each stands above what it uses (docs/architecture.md, held by import-linter).

Imports nothing: whatever stood here would be paid by every cold start.
"""
