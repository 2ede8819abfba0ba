"""`make cost STAGE=prod`: what a stage costs idle, per 1,000 questions and tasks by their pattern, per 100 documents.

Entries: ``table(stage)``, also printed by `make deploy`, and ``summary()``, which ``--write`` puts into the READMEs.
Everything comes from template.yaml and samconfig.toml, the state machine, infra/prices.json and infra/measured.json.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.costs import bill, deployment, measured, usage
from infra.costs.bill import Line
from infra.costs.deployment import MINIMUM, Deployment
from infra.local.paths import ROOT

README_MARKS: Final = ("<!-- cost:begin -->", "<!-- cost:end -->")
READMES: Final = ("README.md", "README.zh-CN.md")
STAGES: Final = ("dev", "staging", "prod")


def parts(of: Deployment) -> dict[str, list[Line]]:
    """What a deployment's figures are made of, by the figure's name."""
    prices, times = bill.read_prices(), measured.read()
    questions = {pattern.name: usage.of_questions(of, times, pattern) for pattern in usage.QUESTIONS}
    documents = f"{usage.DOCUMENTS} documents of {times.document['chunks']} chunks, together"
    tasks = {usage.TASKS.name: usage.of_tasks(of, times)}
    used = {**questions, **tasks, documents: usage.of_documents(of, times)}
    return {
        "idle, per month": bill.idle_month(of, times, prices),
        "one use that wakes the database": bill.of_usage(of, times, usage.of_waking(of, times), prices),
        **{name: bill.of_usage(of, times, taken, prices) for name, taken in used.items()},
        "at most for the database, per month": bill.most_of_database(of, prices),
    }


def figures(of: Deployment) -> dict[str, float]:
    """US dollars."""
    return {name: sum(line.usd for line in lines) for name, lines in parts(of).items()}


def table(stage: str = "dev", given: Mapping[str, str] | None = None) -> str:
    """What the figures of a stage are made of, with parameters that replace those of samconfig.toml."""
    name = " ".join([stage, *(f"{parameter}={value}" for parameter, value in (given or {}).items())])
    rows = [
        f"| {part} | {_usd(sum(line.usd for line in lines))} | "
        f"{', '.join(f'{line.item} ${line.usd:.4f}' for line in lines)} |"
        for part, lines in parts(deployment.read(stage, given)).items()
    ]
    return "\n".join([f"| {name}, {_prices()} | US dollars | made of |", "|---|---|---|", *rows])


def summary() -> str:
    """The figures of dev, of prod and of a prod whose database may sleep, side by side."""
    columns = {
        "dev": deployment.read("dev"),
        "prod": deployment.read("prod"),
        "prod that may sleep": deployment.read("prod", {MINIMUM: "0"}),
    }
    values = [figures(of) for of in columns.values()]
    rows = [f"| {name} | {' | '.join(_usd(value[name]) for value in values)} |" for name in values[0]]
    return "\n".join([f"| {_prices()} | {' | '.join(columns)} |", "|---" * 4 + "|", *rows])


def replace_table(path: Path, text: str) -> None:
    """Replace what stands between the two marks of a README."""
    begin, end = README_MARKS
    content = path.read_text("utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    path.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", content), "utf-8")


def _prices() -> str:
    return f"us-east-1, prices of {bill.read_prices()['date']}"


def _usd(value: float) -> str:
    return f"${value:,.2f}" if value >= 0.01 or not value else f"${value:.4f}"


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--set", metavar="NAME=VALUE", type=_pair, action="append", default=[], help="a parameter")
    parser.add_argument("--write", action="store_true", help="put the summary of all stages into the READMEs")
    options = parser.parse_args()
    try:
        sys.stdout.write(f"{table(options.stage, dict(options.set))}\n\n{summary()}\n")
    except KeyError as error:
        parser.error(str(error.args[0]))
    if options.write:
        for name in READMES:
            replace_table(ROOT / name, summary())


if __name__ == "__main__":
    main()
