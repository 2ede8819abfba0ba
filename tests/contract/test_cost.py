"""What `make cost` says: each figure within its bounds, and the READMEs' table as the command writes it."""

from __future__ import annotations

import functools
import re

import pytest

from infra import cost, template
from infra.costs import bill, deployment, measured, usage
from infra.costs.deployment import MINIMUM, Deployment
from infra.costs.measured import Measured
from infra.local.paths import ROOT

DEPLOYMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "dev": ("dev", {}),
    "staging": ("staging", {}),
    "prod": ("prod", {}),
    "prod that sleeps": ("prod", {MINIMUM: "0"}),
}
PRICES, TIMES = bill.read_prices(), measured.read()
BURST, OFFICE, SPREAD = (pattern.name for pattern in usage.QUESTIONS)
TASKS = usage.TASKS.name
IDLE, WAKING, DOCUMENTS, MOST = "idle, per month", "one use", "100 documents", "at most"
# US dollars, least and most. The least is there because a line that is forgotten is not a saving.
# Ten metrics of alarms are free; three more are $0.30 in dev, two $0.20 elsewhere.
ASLEEP = {
    IDLE: (0.60, 0.80),
    WAKING: (0.006, 0.012),
    BURST: (0.07, 0.11),
    OFFICE: (1.90, 2.60),
    SPREAD: (5.50, 10.0),
    TASKS: (0.60, 0.80),
    DOCUMENTS: (0.09, 0.35),
}
AWAKE = {
    IDLE: (44.0, 46.0),
    WAKING: (0, 0),
    BURST: (0.01, 0.04),
    OFFICE: (0.01, 0.04),
    SPREAD: (0.02, 0.08),
    TASKS: (0.55, 0.75),
    DOCUMENTS: (0.07, 0.30),
}
BOUNDS = {
    "dev": ASLEEP | {MOST: (350.0, 351.0)},
    "staging": ASLEEP | {MOST: (350.0, 351.0)},
    "prod": AWAKE | {MOST: (1401.0, 1402.0)},
    "prod that sleeps": ASLEEP | {MOST: (1401.0, 1402.0)},
}


@functools.cache
def deployed(name: str) -> Deployment:
    return deployment.read(*DEPLOYMENTS[name])


def idle(of: Deployment) -> float:
    return sum(line.usd for line in bill.idle_month(of, TIMES, PRICES))


def with_idle_session(seconds: float | None) -> Measured:
    return Measured(TIMES.content | {"idle_session_s": seconds})


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_figure_is_within_its_bounds(name: str) -> None:
    figures = cost.figures(deployed(name))
    bounds = {
        figure: next(limits for start, limits in BOUNDS[name].items() if figure.startswith(start)) for figure in figures
    }

    outside = {figure: usd for figure, usd in figures.items() if not bounds[figure][0] <= usd <= bounds[figure][1]}

    assert len(figures) == len(BOUNDS[name])
    assert outside == {}


@pytest.mark.parametrize("name", cost.READMES)
def test_a_readme_has_the_table_that_the_command_writes(name: str) -> None:
    begin, end = cost.README_MARKS

    table = (ROOT / name).read_text("utf-8").partition(begin)[2].partition(end)[0].strip()

    assert table == cost.summary(), "`.venv/bin/python -m infra.cost --write` puts the new figures into the READMEs"


def test_the_printed_table_is_of_the_stage_that_is_asked_for() -> None:
    assert "Aurora at 0.5 ACU $43.8000" in cost.table("prod")
    assert "Aurora at" not in cost.table() + cost.table("prod", {MINIMUM: "0"})


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_of_every_kind_of_resource_it_is_known_what_it_costs(name: str) -> None:
    assert bill.unpriced(deployed(name)) == set(), "price it in infra/costs/bill.py, or name it in FREE_KINDS"


def test_the_walk_enters_as_many_states_as_a_real_execution() -> None:
    states = usage.pipeline(deployed("dev"), int(TIMES.document["batches"]))

    assert sum(state.times for state in states) == TIMES.document["states_entered"]


def test_a_task_of_six_steps_has_five_calls_and_a_report() -> None:
    names = [state.name for state in usage.task_states(deployed("dev"))]

    assert names.count("RecordStep") == 5
    assert names[0] == "PlanTask"
    assert names[-2:] == ["ComposeReport", "Ended"]


def test_a_thousand_tasks_of_six_steps_cost_less_than_75_cents_of_transitions() -> None:
    [line] = [line for line in cost.parts(deployed("dev"))[TASKS] if line.item == "Step Functions"]

    assert line.usd <= 0.75


def test_who_waits_for_a_task_is_part_of_its_costs() -> None:
    tasks = usage.of_tasks(deployed("dev"), TIMES)

    assert 0 < tasks.waited_s[usage.EXECUTE] <= tasks.calls[usage.EXECUTE] * usage.WAITED_S


def test_every_function_that_is_used_has_been_measured() -> None:
    of = deployed("dev")
    used = usage.of_documents(of, TIMES).calls.keys() | usage.of_tasks(of, TIMES).calls.keys()

    assert used | {usage.AUTHORIZER, usage.QUESTION} == TIMES.content["functions"].keys()


def test_a_parameter_that_the_template_lacks_is_refused() -> None:
    with pytest.raises(KeyError, match="NoSuchParameter"):
        deployment.read("dev", {"NoSuchParameter": "1"})


def test_a_prod_that_sleeps_saves_what_its_least_capacity_costs() -> None:
    saved = idle(deployed("prod")) - idle(deployed("prod that sleeps"))

    assert saved == pytest.approx(0.5 * 730 * PRICES["aurora_acu_hour"])


@pytest.mark.parametrize(
    ("stage", "given", "least"), [("dev", "", 0), ("prod", "", 0.5), ("dev", "2", 2), ("prod", "0", 0)]
)
def test_the_parameter_is_what_the_cluster_gets(stage: str, given: str, least: float) -> None:
    of = deployment.read(stage, {MINIMUM: given})
    [scaling] = [own["ServerlessV2ScalingConfiguration"] for own in of.of_kind(deployment.CLUSTER).values()]

    assert of.database
    assert of.database.min_acu == float(scaling["MinCapacity"]) == least
    assert ("SecondsUntilAutoPause" in scaling) == (least == 0), "AWS refuses a pause where nothing may sleep"


@pytest.mark.parametrize("value", ["0.0", "00", "0.7", "-1", "two", "1000"])
def test_capacities_that_aurora_does_not_have_are_refused(value: str) -> None:
    pattern = deployed("dev").source.document["Parameters"][MINIMUM]["AllowedPattern"]

    assert not re.fullmatch(pattern.strip("^$"), value)


def test_an_existing_database_costs_nothing_here() -> None:
    given = deployment.read("dev", {"CreateDatabase": "no"})

    assert given.database is None
    assert not [line for lines in cost.parts(given).values() for line in lines if "Aurora" in line.item]


def test_bounded_concurrency_bounds_cold_starts() -> None:
    free, bounded = (usage.of_documents(deployed(name), TIMES).cold_calls for name in ("dev", "prod"))

    assert free["EmbedChunksFunction"] == 100 * TIMES.document["batches"]
    assert bounded["EmbedChunksFunction"] == int(deployment.stage_parameters("prod")["PipelineConcurrency"])


def test_closing_idle_sessions_is_what_makes_spread_questions_cheaper() -> None:
    spread = usage.QUESTIONS[-1]

    kept, closed = (
        usage.of_questions(deployed("dev"), with_idle_session(seconds), spread).acu_s for seconds in (None, 60)
    )

    assert closed < 0.75 * kept


def test_what_the_clock_calls_is_part_of_the_idle_month() -> None:
    [line] = [line for line in bill.idle_month(deployed("dev"), TIMES, PRICES) if "scheduled" in line.item]

    assert line.item == "3,680 scheduled calls"
    assert 0.02 < line.usd < 0.08


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_no_schedule_keeps_the_database_awake(name: str) -> None:
    """The idle month knows pollers, not schedules: one that opens the database has to be priced there first."""
    functions = deployed(name).of_kind(template.FUNCTION)
    grants = {name: set(function.grants) for name, function in deployed(name).functions().items()}
    scheduled = {
        name
        for name, own in functions.items()
        for event in own.get("Events", {}).values()
        if "Schedule" in event["Type"]
    }

    assert scheduled
    assert {name for name in scheduled if template.DATABASE_GRANTS & grants[name]} == set()
