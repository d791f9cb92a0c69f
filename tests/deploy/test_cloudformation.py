"""`deploy/cloudformation.yml` makes on moto what `provision` makes, with deploy/iam's rights."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from apps.messaging.brokers import sqs
from apps.messaging.jobs import job_queue
from orders_site.conf import messaging
from tests.acceptance.clients import CLOUD, Client
from tests.support.moto_server import MotoServer

ROOT = Path(__file__).parents[2]
TEMPLATE = (ROOT / "deploy" / "cloudformation.yml").read_text()
CLOUD_TOOLS = Client(name="CloudFormation", language="Shell", needs=(str(CLOUD / "cfn-lint"),))
POLICIES = ROOT / "deploy" / "iam"
MADE_BY_THE_STACK = "provision"
"""The service that makes queues, where no stack does: it has no role here."""
REGION, ACCOUNT = "eu-west-2", "123456789012"
DECLARED = [import_string(path) for path in messaging.QUEUES]
QUEUES = [name for queue in DECLARED for name in (queue.name, queue.dead_letter_name)]
COMPARED = ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy")


class TemplateLoader(yaml.SafeLoader):
    """Reads `!GetAtt X.Arn` as the text `GetAtt X.Arn`."""


def _with_its_tag(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> str:
    return f"{tag} {node.value}"


TemplateLoader.add_multi_constructor("!", _with_its_tag)


def at_aws(server: MotoServer, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
    )


@pytest.fixture(scope="module")
def _aws() -> Iterator[MotoServer]:
    CLOUD_TOOLS.check()
    server = MotoServer(program=CLOUD / "moto_server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def aws(_aws: MotoServer, settings: Settings) -> Iterator[MotoServer]:
    """Yield a server without a stack, in the template's usual region."""
    settings.AWS_REGION, settings.AWS_ENDPOINT_URL = REGION, _aws.url
    settings.SQS_VISIBILITY_TIMEOUT = 60  # As production has it without a setting.
    settings.MESSAGING_QUEUES = [
        path
        for path in settings.MESSAGING_QUEUES
        if import_string(path).name not in settings.STATUS_OMITS
    ]
    forget_clients()
    yield _aws
    _aws.forget()
    forget_clients()


def forget_clients() -> None:
    sqs._client_of.cache_clear()
    sqs._url_of.cache_clear()


def make_stack(server: MotoServer, *, template: str = TEMPLATE, **parameters: str) -> None:
    cloudformation = at_aws(server, "cloudformation")
    cloudformation.create_stack(
        StackName="messages",
        TemplateBody=template,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    (stack,) = cloudformation.describe_stacks(StackName="messages")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def attributes_of(server: MotoServer, queue: str) -> dict[str, Any]:
    client = at_aws(server, "sqs")
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    redrive = {
        key: str(value) for key, value in json.loads(found.get("RedrivePolicy", "{}")).items()
    }
    return {name: found.get(name) for name in COMPARED} | {"RedrivePolicy": redrive}


def policies_of(server: MotoServer) -> dict[str, Any]:
    """Return the name of each role's one policy, and the policy."""
    iam = at_aws(server, "iam")
    found = {}
    for role in iam.list_roles()["Roles"]:
        (name,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
        # moto stores what a template says as Python's text of it.
        found[name] = ast.literal_eval(policy["PolicyDocument"])
    return found


def trust_of(role: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ast.literal_eval(str(role["AssumeRolePolicyDocument"]))[
        "Statement"
    ]
    return found


def checked() -> str:
    said = StringIO()
    call_command("provision", "--only=sqs", "--check-queues", stdout=said)
    return said.getvalue()


def test_the_template_is_valid() -> None:
    CLOUD_TOOLS.check()
    linted = subprocess.run(
        [CLOUD / "cfn-lint", "--include-checks", "W", "--", ROOT / "deploy" / "cloudformation.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_template_has_no_alias_since_cloudformation_reads_none() -> None:
    kinds = {type(event) for event in yaml.parse(TEMPLATE)}
    assert yaml.AliasEvent not in kinds


def test_the_stack_makes_the_queues_that_provision_makes(aws: MotoServer) -> None:
    make_stack(aws)
    by_the_stack = {name: attributes_of(aws, name) for name in QUEUES}
    aws.forget()
    forget_clients()
    for queue in DECLARED:
        job_queue.provision(queue)
    assert by_the_stack == {name: attributes_of(aws, name) for name in QUEUES}


def test_each_role_has_the_policy_of_its_service(aws: MotoServer) -> None:
    make_stack(aws)
    files = {path.stem: json.loads(path.read_text()) for path in POLICIES.glob("*.json")}
    del files[MADE_BY_THE_STACK]
    assert policies_of(aws) == files


def test_only_tasks_of_this_account_are_given_a_role(aws: MotoServer) -> None:
    make_stack(aws)
    roles = at_aws(aws, "iam").list_roles()["Roles"]
    trusted = [statement for role in roles for statement in trust_of(role)]
    assert len(trusted) == len(policies_of(aws))
    for statement in trusted:
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_a_prefix_is_before_the_name_of_each_queue_and_in_no_other_place(aws: MotoServer) -> None:
    make_stack(aws, QueuePrefix="a-")
    urls = at_aws(aws, "sqs").list_queues()["QueueUrls"]
    assert sorted(url.rpartition("/")[2] for url in urls) == sorted(f"a-{name}" for name in QUEUES)
    (statement,) = policies_of(aws)["outbox_relay"]["Statement"]
    arns = {f"arn:aws:sqs:{REGION}:{ACCOUNT}:a-{queue.name}" for queue in DECLARED}
    assert set(statement["Resource"]) == arns


def test_provision_finds_the_queues_of_the_stack_whole(aws: MotoServer) -> None:
    make_stack(aws)
    named = ", ".join(f"queue {queue.name}" for queue in DECLARED)
    assert checked() == f"SQS as declared: {named}\n"


def test_provision_names_what_differs_and_changes_nothing(aws: MotoServer) -> None:
    make_stack(aws, VisibilityTimeout="45")
    with pytest.raises(CommandError) as raised:
        checked()
    differs = "is not as declared: VisibilityTimeout is 45, not 60"
    stack = "bring its stack up to date"
    assert str(raised.value).splitlines() == [
        f"queue {queue.name}: {differs}; {stack}" for queue in DECLARED
    ]
    assert attributes_of(aws, "jobs")["VisibilityTimeout"] == "45"


def test_provision_names_what_an_update_has_left_as_it_was(aws: MotoServer) -> None:
    """moto (5.2) says that a stack is updated, and changes two times of a queue alone."""
    make_stack(aws, template=TEMPLATE.replace("maxReceiveCount: 5", "maxReceiveCount: 2"))
    cloudformation = at_aws(aws, "cloudformation")
    cloudformation.update_stack(
        StackName="messages", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"]
    )
    (stack,) = cloudformation.describe_stacks(StackName="messages")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    with pytest.raises(CommandError, match="maxReceiveCount is 2, not 5"):
        checked()


def test_provision_names_a_queue_that_is_missing_and_makes_none(aws: MotoServer) -> None:
    with pytest.raises(CommandError, match="queue jobs: is missing; bring its stack"):
        checked()
    assert "QueueUrls" not in at_aws(aws, "sqs").list_queues()


def test_each_queue_has_an_alarm_that_names_it() -> None:
    # moto makes no alarms; cfn-lint has looked at their form.
    made = yaml.load(TEMPLATE, Loader=TemplateLoader)["Resources"]
    queues = [name for name, each in made.items() if each["Type"] == "AWS::SQS::Queue"]
    alarms = [each for each in made.values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    watched = [alarm["Properties"]["Dimensions"][0]["Value"] for alarm in alarms]
    assert sorted(watched) == sorted(f"GetAtt {name}.QueueName" for name in queues)


def test_the_bucket_is_closed_to_strangers_and_outlives_the_stack(aws: MotoServer) -> None:
    make_stack(aws)
    assert at_aws(aws, "s3").head_bucket(Bucket="shop-pictures")
    # moto makes it without these.
    bucket = TEMPLATE[TEMPLATE.index("  Pictures:") :]
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert re.findall(r"^ {8}(\w+): true$", bucket, re.MULTILINE) == [*closed]
    assert "DeletionPolicy: Retain" in bucket
