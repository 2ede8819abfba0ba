from __future__ import annotations

import pytest
from voicehelper.adapters.opensearch import service_of


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://abc123.aoss.eu-west-1.on.aws", "aoss"),
        ("https://abc123.eu-west-1.aoss.amazonaws.com", "aoss"),
        ("https://search-x-abc.us-east-1.es.amazonaws.com", "es"),
        ("https://vpc-x-abc.cn-north-1.es.amazonaws.com.cn/", "es"),
        ("https://search-x-abc.aos.us-east-1.on.aws:443", "es"),
        ("http://127.0.0.1:9200", ""),
        ("https://aoss.example.com", ""),
        ("https://es.amazonaws.com.example.org", ""),
        ("https://search.us-east-1.elb.amazonaws.com", ""),
    ],
)
def test_hosts_of_aws_are_called_signed_and_others_are_not(url: str, service: str) -> None:
    assert service_of(url) == service
