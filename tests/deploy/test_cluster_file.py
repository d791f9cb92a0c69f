"""The cluster has each process at least twice, so that a machine may fail."""

import pytest
from django.conf import settings

from tests.deploy.cluster_file import CLUSTER
from tests.deploy.compose_file import OURS

ONCE = {"beat"}
"""Docker starts it again; two of it would do each thing twice."""


def replicas_of(name: str) -> int:
    """Return how many containers the two files give it together."""
    declared = OURS[name] | CLUSTER.get(name, {})
    replicas: int = declared.get("deploy", {"replicas": 1})["replicas"]
    return replicas


@pytest.mark.parametrize("name", ["web", *settings.WORKERS])
def test_there_are_two_or_more_of_each_process(name: str) -> None:
    assert (replicas_of(name) > 1) == (name not in ONCE)
