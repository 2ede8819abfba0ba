"""Lines of pictures as rapidocr reads them on onnxruntime, one JSON object a line: run by the peer's own Python.

    python -P peer_texts.py FOLDER

{"file", "text", "seconds", "megabytes"}; seconds are CPU time, after one picture to load the models. Its classifier of
angles is off, which makes it better.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from rapidocr import RapidOCR  # type: ignore[import-not-found, import-untyped, unused-ignore]


def main() -> None:
    engine = RapidOCR(params={"Global.use_cls": False, "Global.log_level": "critical"})
    paths = sorted(Path(sys.argv[1]).glob("*.png"))
    engine(paths[0].read_bytes())
    for path in paths:
        started = time.process_time()
        lines = engine(path.read_bytes()).txts or ()
        seconds = time.process_time() - started
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"file": path.name, "text": "\n".join(lines), "seconds": seconds, "megabytes": megabytes}))


if __name__ == "__main__":
    main()
