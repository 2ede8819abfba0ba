"""The ``voicehelper`` command: the service's API for people and scripts, over HTTP only.

Entry function: ``main.run``. Installed with ``voicehelper[cli]``. Nothing imports this package, and it imports nothing
of the service but ``voicehelper.messages``, which loads its sentences, and ``voicehelper.text.matching``, by which
``eval`` compares texts.
"""
