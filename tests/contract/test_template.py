"""What template.yaml says agrees with the code."""

from __future__ import annotations

import re
import tomllib

import pytest
from voicehelper.ingestion.sandbox import MEMORY_LIMIT_BYTES, RECOGNITION_MEMORY_BYTES
from voicehelper.shapes.bodies import Body

from infra import template
from infra.deploy import STAGES, config_environment, parameter_overrides
from infra.local.paths import ROOT
from infra.openapi import OPENAPI_FILE, code_routes, endpoint_modules, openapi_text

TEMPLATE = template.read()

# What a caller must reach before it can have a token.
PUBLIC = {
    ("POST", "/api/v1/auth/register"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/api/v1/auth/oidc/start"),
    ("GET", "/api/v1/auth/oidc/callback"),
    ("POST", "/api/v1/auth/password/forgot"),
    ("POST", "/api/v1/auth/password/reset"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/"),
}
# Set by Lambda itself, or read by AWS's own libraries.
PROVIDED = {
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "OMP_NUM_THREADS",
}


def parameters(stage: str) -> dict[str, str]:
    """What samconfig.toml gives the template."""
    return dict(item.split("=", 1) for item in parameter_overrides(stage))


def variables_read(text: str) -> set[str]:
    """Names of environment variables a source text reads."""
    pattern = r"""(?:environ(?:\.get)?|getenv|required|optional)[\(\[]\s*["']([A-Z][A-Z0-9_]+)["']"""
    return set(re.findall(pattern, text))


def test_routes_of_the_template_are_routes_of_the_code() -> None:
    assert {key: function.handler for key, function in TEMPLATE.endpoints().items()} == code_routes()


def test_only_the_named_routes_need_no_token() -> None:
    assert TEMPLATE.public_routes() == PUBLIC


def test_the_committed_openapi_file_is_what_the_code_says() -> None:
    assert OPENAPI_FILE.read_text("utf-8") == openapi_text(), "run `make openapi`"


def test_every_variable_that_code_reads_is_declared() -> None:
    declared = {name for function in TEMPLATE.functions().values() for name in function.variables}
    sources = [*(ROOT / "shared/voicehelper").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    read = {name for path in sources for name in variables_read(path.read_text("utf-8"))}

    assert read - PROVIDED == declared - PROVIDED


def test_environment_variables_are_plain_values_that_sam_local_can_resolve() -> None:
    variables = TEMPLATE.defaults["Environment"]["Variables"]
    kinds = {name: next(iter(value)) for name, value in variables.items() if isinstance(value, dict)}

    assert set(kinds.values()) <= {"Ref", "Fn::Sub", "Fn::Join", "Fn::If"}


def test_every_queue_that_feeds_a_function_has_a_visible_time_of_six_time_outs() -> None:
    queues, functions = TEMPLATE.resources(template.QUEUE), TEMPLATE.functions()

    assert TEMPLATE.queue_readers()
    for queue, function in TEMPLATE.queue_readers().items():
        assert queues[queue]["VisibilityTimeout"] >= 6 * functions[function].timeout_s


def test_one_queue_is_polled_and_the_others_are_read_by_the_clock() -> None:
    """Lambda asks a queue that a function listens to 657,000 times a month, which is $0.26."""
    others = TEMPLATE.resources(template.QUEUE).keys() - TEMPLATE.queue_readers().keys()
    inputs = [str(own.get("Input")) for own in TEMPLATE.schedules()["CollectDeadLettersFunction"]]

    assert TEMPLATE.queue_readers() == {"UploadQueue": "StartIngestionFunction"}
    assert {queue for queue in others if any(f"${{{queue}}}" in text for text in inputs)} == others


def test_a_dead_letter_is_hidden_for_longer_than_its_reader_works() -> None:
    queues, reader = TEMPLATE.resources(template.QUEUE), TEMPLATE.functions()["CollectDeadLettersFunction"]

    for name in queues.keys() - TEMPLATE.queue_readers().keys():
        assert queues[name]["VisibilityTimeout"] >= 6 * reader.timeout_s
        assert queues[name]["MessageRetentionPeriod"] == 1209600


def test_work_queues_hand_what_fails_three_times_to_a_dead_letter_queue() -> None:
    queue = TEMPLATE.resources(template.QUEUE)["UploadQueue"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3


def test_every_log_group_forgets() -> None:
    assert all("RetentionInDays" in group for group in TEMPLATE.resources("AWS::Logs::LogGroup").values())


def test_every_json_body_refuses_what_cannot_be_stored() -> None:
    routes = [route for module in endpoint_modules().values() for route in module.router.routes]
    bodies = [route.body_field.field_info.annotation for route in routes if getattr(route, "body_field", None)]

    assert len(bodies) >= 6
    assert all(issubclass(body, Body) for body in bodies)


def test_routes_that_cost_without_a_token_are_throttled_below_the_others() -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html"""
    [api] = TEMPLATE.resources("AWS::Serverless::HttpApi").values()
    default, routes = api["DefaultRouteSettings"], api["RouteSettings"]

    keys = {route.key: route.path for route in TEMPLATE.routes() if route.public}

    assert set(routes) >= {key for key, path in keys.items() if "/auth/" in path or path == "/ready"}
    assert set(routes) <= {route.key for route in TEMPLATE.routes()}, "a name that no route has"
    assert all(limit["ThrottlingRateLimit"] < default["ThrottlingRateLimit"] for limit in routes.values())
    assert all(limit["ThrottlingBurstLimit"] < default["ThrottlingBurstLimit"] for limit in routes.values())


def test_head_reaches_whatever_reads_but_a_sign_in_at_a_provider() -> None:
    """That would use up what the provider sent."""
    reading = {route.path: route.key for route in TEMPLATE.routes() if route.method == "GET"}
    without = {path for path, key in reading.items() if not key.startswith("ANY ")}

    assert without == {"/api/v1/auth/oidc/start", "/api/v1/auth/oidc/callback"}


def test_a_function_that_runs_a_child_has_the_memory_of_both() -> None:
    """The parent holds the interpreter, the product and what the child wrote."""
    limits = dict.fromkeys(("ParseDocument", "ChunkDocument", "DrawPage"), MEMORY_LIMIT_BYTES)
    limits["RecognisePictures"] = RECOGNITION_MEMORY_BYTES
    memory = {name: TEMPLATE.functions()[f"{name}Function"].memory_mb for name in limits}

    assert [name for name, limit in limits.items() if memory[name] < limit / 2**20 + 256] == []


def test_what_users_gave_outlives_its_stack_but_not_a_failed_creation() -> None:
    """A resource that a rolled-back creation left behind would stand in the way of the next one by its name."""
    kept = {name for name, item in TEMPLATE.document["Resources"].items() if "DeletionPolicy" in item}
    policies = {TEMPLATE.document["Resources"][name]["DeletionPolicy"] for name in kept}

    assert kept >= {"ContentBucket", "RevokedFamilyTable"}
    assert policies == {"RetainExceptOnCreate"}


def test_names_that_are_unique_beyond_the_account_say_account_and_region() -> None:
    [bucket] = TEMPLATE.resources("AWS::S3::Bucket").values()
    name = bucket["BucketName"]["Fn::Sub"]
    longest = name.replace("${AWS::StackName}", "voicehelper-staging").replace("${AWS::AccountId}", "1" * 12)

    assert {"${AWS::AccountId}", "${AWS::Region}"} <= set(re.findall(r"\$\{[\w:]+\}", name))
    assert len(longest.replace("${AWS::Region}", "ap-southeast-1")) <= 63


def test_two_stacks_of_an_account_have_a_database_secret_each() -> None:
    assert TEMPLATE.document["Parameters"]["DatabaseSecretName"]["Default"] == ""
    assert "DatabaseSecretName" not in (ROOT / "samconfig.toml").read_text("utf-8")


def test_no_dead_letter_queue_is_an_end() -> None:
    """What a queue or a function gave up on is in a queue that a schedule has read."""
    queues, functions = TEMPLATE.resources(template.QUEUE), TEMPLATE.functions().values()
    of_queues = [q["RedrivePolicy"]["deadLetterTargetArn"] for q in queues.values() if "RedrivePolicy" in q]
    configs = [function.properties.get("EventInvokeConfig", {}) for function in functions]
    of_functions = [c["DestinationConfig"]["OnFailure"]["Destination"] for c in configs if "DestinationConfig" in c]
    dead = {template.referenced(arn) for arn in [*of_queues, *of_functions]}
    read = " ".join(str(own.get("Input")) for schedules in TEMPLATE.schedules().values() for own in schedules)

    assert len(dead) == 2
    assert [queue for queue in sorted(dead) if f"${{{queue}}}" not in read] == []


def test_an_event_that_nobody_repeats_for_us_has_somewhere_to_go_when_it_fails() -> None:
    started = [
        f for f in TEMPLATE.functions().values() if any(e["Type"] == "EventBridgeRule" for e in f.events.values())
    ]
    handed_over = {
        template.referenced(statement["Resource"])
        for name in ("HandsOverPurges", "HandsOverFailures")
        for statement in template.statements(TEMPLATE.resources(template.GRANT)[name]["PolicyDocument"])
    }

    assert started
    assert handed_over == {"PurgeContentFunction", "FailUndeliverableFunction"}
    for function in [*started, *(TEMPLATE.functions()[name] for name in handed_over)]:
        assert function.properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


def test_the_upload_queue_starts_a_few_at_once() -> None:
    [polling] = TEMPLATE.resources(template.POLLING).values()

    assert polling["ScalingConfig"] == {"MaximumConcurrency": 2}


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_a_deployment_that_others_use_lets_no_page_of_one_s_own_machine_call_it(stage: str) -> None:
    default = TEMPLATE.document["Parameters"]["CorsOrigins"]["Default"]

    assert parameters(stage).get("CorsOrigins", default).endswith(".invalid")


def test_nobody_makes_an_account_in_prod_without_being_let_in() -> None:
    assert parameters("prod")["OpenRegistration"] == "no"


@pytest.mark.parametrize("stage", STAGES)
def test_every_resource_says_whose_it_is(stage: str) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))[config_environment(stage)]

    assert config["deploy"]["parameters"]["tags"] == f"project=voicehelper stage={stage}"


def test_executions_that_fail_are_logged_without_their_data() -> None:
    for machine in TEMPLATE.resources(template.STATE_MACHINE).values():
        assert (machine["Logging"]["Level"], machine["Logging"]["IncludeExecutionData"]) == ("ERROR", False)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("", True), ("redis://cache:6379", True), ("rediss://c.xyz.cache.amazonaws.com:6379/0", True),
        ("rediss://[2001:db8::7]:6380/2", True), ("rediss://app:word@cache:6379", False),
        ("redis://:word@cache", False), ("redis://cache:6379?password=word", False), ("https://cache", False),
        ("cache:6379", False),
    ],
)  # fmt: skip
def test_the_address_of_the_cache_holds_no_password(address: str, is_taken: bool) -> None:
    """Parameters and variables of functions are shown in consoles."""
    pattern = TEMPLATE.document["Parameters"]["CacheUrl"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, address)) == is_taken
