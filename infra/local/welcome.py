"""What a newcomer reads when the stack is up."""

from __future__ import annotations


def welcome(base_url: str) -> str:
    option = "" if base_url.endswith(":3000") else f" --url {base_url}"
    return f"""
VoiceHelper is running:  {base_url}      API reference: {base_url}/docs

Your first question (a second terminal, in this folder):
  .venv/bin/voicehelper{option} register you@example.com --password 'Quiet-River-7' --username you
  .venv/bin/voicehelper{option} upload demo/yunti-t1-manual.pdf --base demo
  .venv/bin/voicehelper{option} ask '云梯 T1 的滤芯多久更换一次？' --base demo

Ctrl-C stops it; the data stays. `make logs` shows what the functions say, `make reset` forgets everything.
"""
