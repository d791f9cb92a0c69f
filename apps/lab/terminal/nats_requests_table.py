"""The table of `nats`, last part: request-reply."""

from apps.lab.terminal import nats_requests, nats_services
from apps.lab.terminal.nats_flags import BODY, COUNT, HEADER, RAW, SUBJECT, in_group
from apps.lab.terminal.tool import Argument, Flag, ToolCommand

REQUESTS = (
    ToolCommand(
        words=("request",),
        also=(("req",),),
        says="Generic request-reply request utility",
        does=nats_requests.request,
        names=("price.lookup",),
        arguments=(SUBJECT, BODY),
        flags=(HEADER, RAW),
    ),
    ToolCommand(
        words=("reply",),
        says="Generic service reply utility",
        does=nats_requests.reply,
        names=("price.lookup",),
        arguments=(Argument(name="subject", says="Subject to subscribe to"), BODY),
        flags=(
            Flag(
                name="queue",
                short="q",
                value="QUEUE",
                default="NATS-RPLY-22",
                says="Queue group name, else NATS-RPLY-22",
            ),
            Flag(name="echo", default=False, says="Echo back what is received"),
            HEADER,
            COUNT,
        ),
    ),
    ToolCommand(
        **in_group("micro", "info", short=("service",)),
        says="Show Service information",
        does=nats_services.micro_info,
        names=("pricing",),
        arguments=(Argument(name="service", says="Service to show"),),
    ),
    ToolCommand(
        **in_group("micro", "stats", short=("service",)),
        says="Report Service statistics",
        does=nats_services.micro_stats,
        names=("pricing",),
        arguments=(Argument(name="service", says="Service to show"),),
    ),
)
