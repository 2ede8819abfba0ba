"""The command line speaks HTTP; of the service's own code it needs the loader of sentences alone."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import voicehelper_cli.main
print(*sorted(name for name in sys.modules if name.split(".")[0] == "voicehelper"))
"""
SENTENCES = ["voicehelper", "voicehelper.messages", "voicehelper.messages.catalogue", "voicehelper.messages.language"]


def test_the_command_line_imports_nothing_of_the_service_but_its_sentences() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert done.stdout.split() == SENTENCES
