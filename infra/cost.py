"""`make cost`: what a deployment costs at idle, per 1,000 questions and per 100 documents.

Entry: ``table()``, also printed by `make deploy`. Prices come from infra/prices.json with their date; memory,
architecture and the number of secrets and queues from template.yaml; durations are the assumptions named below.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra import template
from infra.local.paths import ROOT
from infra.template import Template

README_MARKS: Final = ("<!-- cost:begin -->", "<!-- cost:end -->")

# Warm durations measured on the local stack, doubled for Lambda's share of a core.
QUESTION_MS: Final = {"AuthorizeRequestFunction": 10, "QueryKnowledgeFunction": 200}
LOG_BYTES_PER_CALL: Final = 1_000
STORED_GB: Final = 1.0  # 1 GB of documents, and as much again in the database
# Five pollers that wait 20 s each, day and night, for every queue a function listens to:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS_A_MONTH: Final = 5 * 3 * 60 * 24 * 30
TRANSITIONS_PER_DOCUMENT: Final = 12
# 120 chunks at 4 a second through the embedding function, which dominates, plus the other steps together.
DOCUMENT_GB_SECONDS: Final = 120 / 4 * 1.769 + 8 * 1.0


@dataclass(frozen=True, slots=True)
class Line:
    item: str
    usd: float


def idle_month(source: Template, prices: dict[str, Any]) -> list[Line]:
    """A dev deployment without traffic: the database sleeps, functions cost nothing."""
    secrets = len(source.resources(template.SECRET)) + 1  # plus the database's
    queues = sum(event["Type"] == "SQS" for f in source.functions().values() for event in f.events.values())
    return [
        Line(f"listening to {queues} queues", queues * POLLS_A_MONTH * prices["sqs_million_requests"] / 1e6),
        Line(f"{secrets} secrets", secrets * prices["secret_month"]),
        Line(f"{STORED_GB:g} GB of documents in S3", STORED_GB * prices["s3_gb_month"]),
        Line(f"{STORED_GB:g} GB in Aurora, asleep", STORED_GB * prices["aurora_gb_month"]),
    ]


def lambda_rate(source: Template, prices: dict[str, Any]) -> float:
    """US dollars per GB-second of the default architecture."""
    return float(prices["lambda_gb_second"][source.document["Parameters"]["Architecture"]["Default"]])


def thousand_questions(source: Template, prices: dict[str, Any]) -> list[Line]:
    """With the offline models; a hosted model's tokens come on top."""
    functions = source.functions()
    gb_seconds = sum(functions[name].memory_mb / 1024 * ms / 1000 for name, ms in QUESTION_MS.items())
    calls = len(QUESTION_MS)
    return [
        Line(f"Lambda, {gb_seconds:.2f} GB-s a question", 1000 * gb_seconds * lambda_rate(source, prices)),
        Line("Lambda requests", 1000 * calls * prices["lambda_million_requests"] / 1e6),
        Line("HTTP API", 1000 * prices["http_api_million_requests"] / 1e6),
        Line("logs", 1000 * calls * LOG_BYTES_PER_CALL / 1e9 * prices["logs_gb"]),
        Line("Aurora awake for an hour at 0.5 ACU", 0.5 * prices["aurora_acu_hour"]),
    ]


def hundred_documents(source: Template, prices: dict[str, Any]) -> list[Line]:
    """Of 120 chunks each, with the offline embedding."""
    return [
        Line("Lambda", 100 * DOCUMENT_GB_SECONDS * lambda_rate(source, prices)),
        Line("Step Functions", 100 * TRANSITIONS_PER_DOCUMENT * prices["step_functions_thousand_transitions"] / 1000),
    ]


def table() -> str:
    prices = json.loads((ROOT / "infra" / "prices.json").read_text("utf-8"))
    source = template.read()
    parts = {
        "idle, per month": idle_month(source, prices),
        "1,000 questions": thousand_questions(source, prices),
        "100 documents of 120 chunks": hundred_documents(source, prices),
    }
    rows = [
        f"| {name} | ${sum(line.usd for line in lines):.2f} | "
        f"{', '.join(f'{line.item} ${line.usd:.4f}' for line in lines)} |"
        for name, lines in parts.items()
    ]
    head = f"| prices of {prices['date']}, us-east-1 | US dollars | made of |\n|---|---|---|"
    return "\n".join([head, *rows])


def replace_table(path: Path, text: str) -> None:
    """Replace what stands between the two marks of a README."""
    begin, end = README_MARKS
    content = path.read_text("utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    path.write_text(pattern.sub(f"{begin}\n{text}\n{end}", content), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="also put the table into the READMEs")
    options = parser.parse_args()
    text = table()
    sys.stdout.write(text + "\n")
    if options.write:
        for name in ("README.md", "README.zh-CN.md"):
            replace_table(ROOT / name, text)


if __name__ == "__main__":
    main()
