"""What SQS has in deploy, compose and the requirements: a server, policies, a client."""

from apps.start_project.parts.cuts import block, lines, words
from apps.start_project.parts.part import Cuts, joined

_COMPOSE: Cuts = {
    "docker-compose.yml": (
        words("PORT, NATS_PORT and AWS_PORT change them.", "PORT and NATS_PORT change them."),
        words("AWS_ENDPOINT_URL: http://sqs:5000 # The published", "# The published"),
        lines("# Stands in for SQS, and keeps its queues in memory."),
        block("sqs:\n    <<: *server"),
        lines("sqs: { condition: service_healthy }"),
        lines("AWS_PORT: ${AWS_PORT:-4566}"),
        words("is a shell with `nats` and `aws`.", "is a shell with `nats`."),
        lines(
            "# The AWS CLI takes 120 MB, a loop in the shell several at once.\nmem_limit: 1g",
            "mem_limit: 512m",
        ),
        words('AWS_ENDPOINT_URL: http://sqs:5000 AWS_ACCESS_KEY_ID: demo … AWS_PAGER: ""'),
        words("no_proxy: web,sqs", "no_proxy: web"),
        lines("Q: http://sqs:5000/123456789012/jobs"),
    ),
    "deploy/terminal.bashrc": (block("aws sqs send-message"),),
    "deploy/terminal.Dockerfile": (
        words("with `nats`, `aws` and `curl`, without", "with `nats` and `curl`, without"),
        words("awscli ca-certificates curl", "ca-certificates curl"),
        words("# `nats`, `aws` and the shell write", "# `nats` and the shell write"),
    ),
    "deploy/nats.conf": (
        words(
            "# Its reconciling records jobs again, and wakes the relay. It compares",
            "# It wakes the relay. It compares",
        ),
    ),
}

_SETTINGS: Cuts = {
    ".env.example": (
        words(
            "on a private network: nats, postgres, sqs, mail,",
            "on a private network: nats, postgres, s3,\n# mail,",
        ),
        lines("#DEMO_AWS_ENDPOINT_URL=\n#DEMO_AWS_ACCESS_KEY_ID=\n#DEMO_AWS_SECRET_ACCESS_KEY="),
        lines("#AWS_PORT=4566"),
        words("# --- SQS and S3 ---", "# --- S3 ---"),
        words("without it the real ones are meant.", "without it the real one is meant."),
        lines(
            "# Before the name of each queue, for shops that share an account: shop-a- "
            "makes `shop-a-jobs`.\n#QUEUE_PREFIX="
        ),
        lines("SQS_WAIT_SECONDS=20\n#SQS_VISIBILITY_TIMEOUT=60"),
        lines(
            "# Seconds for which a job is tried again, at least five times, before it is a "
            "dead letter.\n#JOB_RETRY_SECONDS=3600"
        ),
        words("So many events, or jobs, that fail alike", "So many events that fail alike"),
        words(
            "for an answer of NATS, for a call to SQS that waits for no message, for a "
            "Celery task on its way to SQS, and for a call to S3. # The last two are tried "
            "twice. Work must have more time than a call in it, a job twice its decoder's.",
            "for an answer of NATS, and for a\n# call to S3, which is tried twice. Work "
            "must have more time than a call in it, periodic work twice\n# its decoder's.",
        ),
        lines("#SQS_CALL_SECONDS=2.0"),
        words(
            "a mail or a photo that has waited longer is asked for once more.",
            "a photo that could not be made is tried again after that.",
        ),
    ),
    "pyproject.toml": (
        lines('"flask>=3",\n"flask-cors>=6",\n"moto[s3,sqs]>=5.2.5",'),
        lines(
            '"types-boto3[s3,sqs]>=1.43",',
            '"flask>=3",\n"flask-cors>=6",\n"moto[s3]>=5.2.5",\n"types-boto3[s3]>=1.43",',
        ),
        words(
            '"faststream.*", "nats_consumer.*", "sqs_workers.*"]',
            '"faststream.*", "nats_consumer.*"]',
        ),
    ),
    "Makefile": (
        words("(PORT, NATS_PORT, AWS_PORT, DEMO_DIR;", "(PORT, NATS_PORT, DEMO_DIR;"),
        words("Put NATS's and AWS's own clients into", "Put NATS's own clients into"),
    ),
}

DEPLOY: Cuts = joined(_COMPOSE, _SETTINGS)
