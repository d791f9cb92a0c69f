"""The two programs that this terminal knows: `nats` and `aws`."""

from apps.lab.terminal.aws_table import SQS
from apps.lab.terminal.nats_consumers_table import CONSUMERS
from apps.lab.terminal.nats_core_table import CORE
from apps.lab.terminal.nats_flags import TIMEOUT
from apps.lab.terminal.nats_requests_table import REQUESTS
from apps.lab.terminal.nats_streams_table import STREAMS
from apps.lab.terminal.tool import Flag, Tool
from apps.lab.terminal.tool_errors import OF_AWS, OF_NATS

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
    errors=OF_NATS,
)
AWS = Tool(
    name="aws",
    says="AWS Command Line Interface",
    commands=SQS,
    flags=(
        Flag(name="output", value="json", default="json", says="The format of the answer: json"),
    ),
    errors=OF_AWS,
    help_word="help",
)
TOOLS = {tool.name: tool for tool in (NATS, AWS)}
