"""`python -m infra.operate`: what the run book (docs/operations.md) asks an operator to do, here and on AWS.

Entry: ``main``. Without ``--stage`` it is the local stack; with one, AWS by the usual profile.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import dead_letters
from infra.deploy import STAGES
from infra.local.paths import DEFAULT_STATE
from infra.local.processes import StackError
from infra.target import Deployed, local, on_aws

REPORTS = ("slow-statements", "index-usage")


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        of = on_aws(options.stage) if options.stage else local(options.state)
        return int(options.run(of, options))
    except (StackError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.operate", description=__doc__)
    parser.add_argument("--stage", choices=STAGES, help="on AWS; without it the local stack")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE.folder, help="of the local stack")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    letters = commands.add_parser("dead-letters", help="work that was given up").add_subparsers(required=True)
    letters.add_parser("list", help="one a line").set_defaults(run=list_letters)
    for name, run, text in (("show", show_letter, "as it was sent"), ("redrive", redrive, "queue its work again")):
        command = letters.add_parser(name, help=text)
        command.add_argument("id", help="or its beginning" + ("; all" if name == "redrive" else ""))
        command.set_defaults(run=run)
    for name in REPORTS:
        commands.add_parser(name, help=f"of the database: {name}").set_defaults(run=report, name=name)
    memory = commands.add_parser("memory", help="log where a function's memory grows")
    memory.add_argument("function", help="its logical id, as QueryKnowledgeFunction")
    memory.add_argument("every", type=int, help="invocations between two lines; 0 switches it off")
    memory.set_defaults(run=trace_memory)
    return parser


def list_letters(of: Deployed, _: argparse.Namespace) -> int:
    for letter in dead_letters.find(of):
        print(f"{letter.id}  {letter.place:<22} {letter.at}  {letter.about}")
    return 0


def _named(of: Deployed, name: str) -> list[dead_letters.DeadLetter]:
    return [letter for letter in dead_letters.find(of) if letter.id.startswith(name)]


def show_letter(of: Deployed, options: argparse.Namespace) -> int:
    for letter in (found := _named(of, options.id)):
        print(letter.body)
    return 0 if found else _nothing(options.id)


def redrive(of: Deployed, options: argparse.Namespace) -> int:
    found = dead_letters.find(of) if options.id == "all" else _named(of, options.id)
    for letter in found:
        print(f"{letter.id}  {dead_letters.redrive(of, letter)}")
    return 0 if found else _nothing(options.id)


def _nothing(name: str) -> int:
    print(f"no dead letter {name}", file=sys.stderr)
    return 1


def report(of: Deployed, options: argparse.Namespace) -> int:
    """Asked of the function that owns the schema: nobody else reaches the database."""
    payload = json.dumps({"report": options.name}).encode()
    answer = of.client("lambda").invoke(FunctionName=of.physical("MigrateDatabaseFunction"), Payload=payload)
    result = json.loads(answer["Payload"].read())
    if "FunctionError" in answer or "missing" in result:
        print(result.get("missing") or result.get("errorMessage"), file=sys.stderr)
        return 1
    for line in table(result["rows"]):
        print(line)
    return 0


def table(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return ["nothing"]
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def trace_memory(of: Deployed, options: argparse.Namespace) -> int:
    """Takes effect with the function's next processes; a deployment sets it back."""
    client, name = of.client("lambda"), of.physical(options.function)
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables["TRACE_MEMORY_EVERY"] = str(max(0, options.every))
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    print(f"{options.function}: {'every ' + str(options.every) if options.every > 0 else 'off'}; the lines say memory")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
