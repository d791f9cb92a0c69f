"""The two programs that this terminal knows, `nats` and `aws`, and their words for an error."""

from apps.lab.terminal.aws_table import SQS
from apps.lab.terminal.nats_consumers_table import CONSUMERS
from apps.lab.terminal.nats_core_table import CORE
from apps.lab.terminal.nats_flags import TIMEOUT
from apps.lab.terminal.nats_requests_table import REQUESTS
from apps.lab.terminal.nats_streams_table import STREAMS
from apps.lab.terminal.tool import Flag, Tool

NATS = Tool(
    name="nats",
    says="NATS Utility",
    commands=(
        *CORE,
        *STREAMS,
        *CONSUMERS,
        *REQUESTS,
    ),
    flags=(TIMEOUT,),
    unknown_flag="error: unknown long flag '{}'",
    unknown_command='error: expected command but got "{}"',
    missing="error: required argument: {}",
    failed="nats: error: {}",
    code=1,
)
AWS = Tool(
    name="aws",
    says="AWS Command Line Interface",
    commands=SQS,
    flags=(
        Flag(name="output", value="json", default="json", says="The format of the answer: json"),
    ),
    unknown_flag="Unknown options: {}",
    unknown_command="aws: error: argument operation: Invalid choice: {}",
    missing="aws: error: the following arguments are required: {}",
    failed="\n{}",
    code=255,
    help_word="help",
)
TOOLS = {tool.name: tool for tool in (NATS, AWS)}
