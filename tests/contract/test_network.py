"""The created network lets functions reach what they need and nobody else's storage."""

from __future__ import annotations

from infra import template
from infra.local.paths import ROOT

NETWORK = template.read(ROOT / "infra" / "network.yaml")
DATABASE = template.read(ROOT / "infra" / "database.yaml")


def test_storage_of_other_accounts_is_out_of_reach_but_for_answers_to_cloudformation() -> None:
    endpoint = NETWORK.resources("AWS::EC2::VPCEndpoint")["S3Endpoint"]
    own, answers = endpoint["PolicyDocument"]["Statement"]

    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert answers["Action"] == "s3:PutObject"
    assert "cloudformation-custom-resource-response-" in answers["Resource"]["Fn::Sub"]


def test_every_rule_says_what_it_is_for_and_opens_one_port() -> None:
    rules = [
        rule
        for group in NETWORK.resources("AWS::EC2::SecurityGroup").values()
        for direction in ("SecurityGroupEgress", "SecurityGroupIngress")
        for rule in group.get(direction, ())
    ]

    assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} == {(443, 443), (5432, 5432)}
    assert all(rule["Description"] for rule in rules)


def test_the_database_has_no_public_address() -> None:
    [instance] = DATABASE.resources("AWS::RDS::DBInstance").values()

    assert instance["PubliclyAccessible"] is False
