"""Who may do what: named grants of one action on one resource, and roles that are lists of them."""

from __future__ import annotations

from typing import Any

import pytest

from infra import template
from infra.template import Function, statements

TEMPLATE = template.read()
FUNCTIONS = TEMPLATE.functions()
GRANTS = TEMPLATE.resources(template.GRANT)

# A catalogue is read from the parameter store, its providers' keys from the secrets.
# A database that the stack creates takes tokens, a given one has a secret: one of both, each for one login.
# A reader of a queue has its three actions there, one that deletes by itself two; dead letters have two queues.
# Who reads those also keeps what it gives up.
READERS = {"TakesUploads": 3, "TakesDeadLetters": 5}
# Who has models called also signs in to the cache of their replies, and who checks a release calls all that it takes.
CALLERS = {"UsesModels": 2, "InvokesModels": 2, "ChecksReleases": 7}
SEVERAL_STATEMENTS = CALLERS | READERS | dict.fromkeys(template.DATABASE_GRANTS, 2)
# Deliveries of logs belong to no resource, so AWS takes no other than a star for them.
LOG_DELIVERY = {
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
}
# A role takes ten managed policies by default; SAM adds three.
GRANTS_OF_A_FUNCTION = 7
# It reads what is in the call and nothing else; AWS takes a star alone.
WITHOUT_RESOURCES = {"textract:AnalyzeDocument"}


def inline_statements() -> list[dict[str, Any]]:
    """Statements of the state machines and of roles, the only ones with a policy of their own."""
    machines = TEMPLATE.resources(template.STATE_MACHINE).values()
    roles = TEMPLATE.resources("AWS::IAM::Role").values()
    policies = [policy for machine in machines for policy in machine["Policies"]]
    policies += [policy["PolicyDocument"] for role in roles for policy in role.get("Policies", ())]
    return [statement for policy in policies for statement in statements(policy)]


def allowed(name: str) -> list[dict[str, Any]]:
    """The statements of a grant that allow something."""
    return [statement for statement in statements(GRANTS[name]["PolicyDocument"]) if statement["Effect"] == "Allow"]


@pytest.mark.parametrize("name", GRANTS)
def test_a_grant_is_one_action_on_one_resource(name: str) -> None:
    granted = allowed(name)

    assert len(granted) == SEVERAL_STATEMENTS.get(name, 1)
    for statement in granted:
        narrowed = {"Condition"} if statement["Action"] == "s3:ListBucket" else set()
        assert set(statement) == {"Effect", "Action", "Resource"} | narrowed
        assert statement["Effect"] == "Allow"
        assert isinstance(statement["Action"], str)
        assert not isinstance(statement["Resource"], list)


@pytest.mark.parametrize("name", GRANTS)
def test_a_grant_always_has_a_statement(name: str) -> None:
    """Of a choice, both sides are statements, or another stands beside it."""
    items = GRANTS[name]["PolicyDocument"]["Statement"]

    assert any("Fn::If" not in item or "Effect" in item["Fn::If"][2] for item in items)


def test_nothing_may_do_everything_or_touch_everything() -> None:
    granted = [s for name in GRANTS for s in allowed(name)]
    for statement in [*granted, *inline_statements()]:
        assert "*" not in str(statement["Action"])
        if set(statement["Action"]) == LOG_DELIVERY or statement["Action"] in WITHOUT_RESOURCES:
            continue
        assert statement["Resource"] != "*"
        assert statement["Resource"]


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.logical_id)
def test_a_function_has_grants_of_the_template_and_few_of_them(function: Function) -> None:
    assert set(function.grants) <= set(GRANTS)
    assert len(set(function.grants)) == len(function.grants) <= GRANTS_OF_A_FUNCTION


def test_a_bucket_is_listed_below_one_prefix_alone() -> None:
    prefixes = {"ListsContent": "documents/*", "ListsSentFiles": "recognition/*"}
    listing = {name: s for name in GRANTS for s in allowed(name) if s["Action"] == "s3:ListBucket"}

    assert {name: s["Condition"] for name, s in listing.items()} == {
        name: {"StringLike": {"s3:prefix": prefix}} for name, prefix in prefixes.items()
    }


@pytest.mark.parametrize("name", sorted(template.DATABASE_GRANTS))
def test_who_stands_in_the_network_may_not_change_it(name: str) -> None:
    """The right that SAM adds for it is Lambda's to use; a denial says so for the code."""
    [denial] = [s for s in statements(GRANTS[name]["PolicyDocument"]) if s["Effect"] == "Deny"]
    [source] = denial["Condition"]["ArnLike"].values()

    assert (denial["Action"], denial["Resource"]) == ("ec2:*", "*")
    assert source["Fn::Sub"].endswith(":function:${AWS::StackName}-*")


def test_every_grant_is_used() -> None:
    assert {name for function in FUNCTIONS.values() for name in function.grants} == set(GRANTS)


SHARED_ROLES = {
    "ReadsDatabaseRole": ["ReadsDatabase"],
    "EndsSessionsRole": ["ReadsDatabase", "WritesRevocations"],
}


def test_a_role_is_shared_by_functions_that_have_no_other_grant() -> None:
    """What one of them may do, all may do."""
    roles, blocks = TEMPLATE.resources(template.ROLE), TEMPLATE.resources(template.FUNCTION).values()

    for name, role in roles.items():
        assert [template.referenced(arn) for arn in role["ManagedPolicyArns"] if "Ref" in arn] == SHARED_ROLES[name]
    assert not any("Role" in own and "Policies" in own for own in blocks)


def test_functions_state_their_own_policies() -> None:
    assert "Policies" not in TEMPLATE.defaults, "a policy in Globals belongs to nobody"


def test_only_two_functions_read_the_keys_of_model_providers() -> None:
    """Neither holds a right on the database."""
    holders = [function for function in FUNCTIONS.values() if "UsesModels" in function.grants]

    assert {function.logical_id for function in holders} == {"CallModelFunction", "EmbedChunksFunction"}
    assert [function for function in holders if function.uses_database] == []


def test_tools_that_go_outside_reach_no_database_and_no_documents() -> None:
    tools = {function.logical_id: function for function in FUNCTIONS.values() if function.domain == "tools"}
    holders = {"SearchWebFunction": "ReadsWebSearchKey", "CallMcpFunction": "ReadsMcpKeys"}

    assert [name for name in ("CalculateFunction", "FetchUrlFunction") if tools[name].grants] == []
    assert {name: set(tools[name].grants) for name in holders} == {
        name: {"ReadsAgentConfig", key} for name, key in holders.items()
    }
    assert [name for name in ("CalculateFunction", "FetchUrlFunction", *holders) if tools[name].uses_database] == []


def test_who_sends_webhooks_reaches_no_database_and_who_keeps_them_does_not_go_outside() -> None:
    """Of the two that read the key of their secrets, one shows a secret and one signs."""
    sender = FUNCTIONS["SendWebhooksFunction"]
    readers = {name for name, function in FUNCTIONS.items() if "ReadsWebhookKey" in function.grants}

    assert (sender.grants, sender.uses_database, sender.properties["VpcConfig"]) == (("ReadsWebhookKey",), False, {})
    assert readers == {"ChangeWebhooksFunction", "SendWebhooksFunction"}


@pytest.mark.parametrize("domain", ["agents", "agent_steps"])
def test_what_ends_a_task_may_wake_who_tells_of_it(domain: str) -> None:
    """Its transaction fails otherwise, where a webhook wants to know."""
    own = {function.logical_id for function in FUNCTIONS.values() if function.domain == domain}
    reading = {"ListApprovalsFunction", "ListTasksFunction", "ListToolsFunction"}

    assert {name for name in own if "QueuesUploads" not in FUNCTIONS[name].grants} == own & reading


@pytest.mark.parametrize(
    ("name", "more"),
    [("ParseDocument", set()), ("DrawPage", set()), ("RecognisePictures", {"ShowsPictures", "UsesTextract"})],
)
def test_functions_that_read_hostile_files_reach_no_database_and_no_secret(name: str, more: set[str]) -> None:
    function = FUNCTIONS[f"{name}Function"]

    assert set(function.grants) == {"ReadsContent", "WritesContent", "ListsContent"} | more
    assert not function.uses_database


@pytest.mark.parametrize("name", ["DetectSpeechFunction", "ReadAudioFunction"])
def test_a_function_that_opens_recordings_has_no_right_on_anything(name: str) -> None:
    assert FUNCTIONS[name].grants == ()
    assert not FUNCTIONS[name].uses_database


def test_only_functions_that_open_recordings_hold_the_decoder() -> None:
    holders = {name for name, function in FUNCTIONS.items() if "VoiceLayer" in function.layers}

    assert holders == {"DetectSpeechFunction", "ReadAudioFunction"}


def test_services_of_speech_are_granted_where_the_operator_wants_them() -> None:
    [speaks] = allowed("SpeaksByPolly")
    [starts], [reads] = allowed("StartsTranscriptions"), allowed("ReadsTranscriptions")

    assert speaks["Resource"]["Fn::If"][:2] == ["UsesAwsSpeech", "*"]
    assert speaks["Resource"]["Fn::If"][2]["Fn::Sub"].endswith("lexicon/none")
    assert starts["Resource"] == reads["Resource"]
    assert starts["Resource"]["Fn::Sub"][1] == {"Jobs": {"Fn::If": ["UsesAwsSpeech", "voicehelper-*", "none"]}}


def test_the_function_that_reads_what_callers_send_reaches_neither_database_nor_documents() -> None:
    function = FUNCTIONS["RecogniseFileFunction"]

    assert set(function.grants) == {
        "ReadsSentFiles", "WritesSentFiles", "ListsSentFiles", "ShowsPictures", "UsesTextract"
    }  # fmt: skip
    assert not function.uses_database


def test_a_secret_by_its_name_is_that_secret_alone() -> None:
    """Secrets Manager adds six characters to a name; a star would also match every name that begins with it."""
    texts = [str(s["Resource"]) for name in GRANTS for s in statements(GRANTS[name]["PolicyDocument"])]
    by_name = [text for text in texts if ":secret:" in text]

    assert len(by_name) == 10
    assert all("-??????" in text and "*" not in text for text in by_name)


@pytest.mark.parametrize(
    ("function", "own", "condition"),
    [
        ("SearchWebFunction", "SearchSecretName", "HasSearchSecret"),
        ("CallMcpFunction", "McpSecretName", "HasMcpSecret"),
    ],
)
def test_a_tool_reads_the_secret_of_its_own_kind_alone(function: str, own: str, condition: str) -> None:
    """That of the models only where it has none: keys that stood there before go on working."""
    secrets = [
        statement["Resource"]
        for name in FUNCTIONS[function].grants
        for statement in allowed(name)
        if statement["Action"] == "secretsmanager:GetSecretValue"
    ]
    given = TEMPLATE.resources(template.FUNCTION)[function]["Environment"]["Variables"]

    assert len(secrets) == 1
    chosen, own_secret, other_secret = secrets[0]["Fn::If"]
    assert chosen == condition
    assert f"secret:${{{own}}}-" in own_secret["Fn::Sub"]
    assert "secret:${ModelSecretName}-" in other_secret["Fn::Sub"]
    assert given == {"TOOL_SECRET_NAME": {"Ref": own}}


def test_no_other_function_reads_the_secrets_of_tools() -> None:
    of_tools = {"ReadsWebSearchKey", "ReadsMcpKeys"}
    readers = {name for name, function in FUNCTIONS.items() if of_tools & set(function.grants)}

    assert readers == {"SearchWebFunction", "CallMcpFunction"}
