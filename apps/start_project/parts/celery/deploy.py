"""What Celery has in deploy, compose and the requirements: services, users, rights, packages."""

from apps.start_project.parts.cuts import block, lines, words
from apps.start_project.parts.part import Cuts

_PERIODIC = """\
periodic:
  <<: *worker
  command: python -m workers.periodic
  environment:
    <<: *worker_environment
    NATS_URL: nats://periodic:${NATS_PASSWORD_PERIODIC:-demo}@nats:4222
    NATS_INBOX_PREFIX: _INBOX_periodic
    # The demo's mails are files.
    EMAIL_URL: filemail:////mail
  volumes: ["mail:/mail"]"""
_MAILER = """\
mailer:
  <<: *worker
  command: python -m workers.mailer
  environment:
    <<: *worker_environment
    NATS_URL: nats://mailer:${NATS_PASSWORD_MAILER:-demo}@nats:4222  # lab
    NATS_INBOX_PREFIX: _INBOX_mailer  # lab
    # The demo's mails are files.
    EMAIL_URL: filemail:////mail
  volumes: ["mail:/mail"]"""
_VOLUMES = "volumes:\n  postgres:\n  nats:\n  data:\n  pictures:\n  mail:"
_QUEUE = (words("123456789012:celery", "123456789012:mails", times=0),)

DEPLOY: Cuts = {
    "docker-compose.yml": (
        words(
            "NATS_PASSWORD_CELERY: ${NATS_PASSWORD_CELERY:-demo}",
            "NATS_PASSWORD_PERIODIC: ${NATS_PASSWORD_PERIODIC:-demo}",
        ),
        words(
            "NATS_PASSWORD_BEAT: ${NATS_PASSWORD_BEAT:-demo}",
            "NATS_PASSWORD_MAILER: ${NATS_PASSWORD_MAILER:-demo}",
        ),
        block("celery:", _PERIODIC),
        block("beat:\n    <<: *worker", _MAILER),
        block("volumes:\n  postgres:", _VOLUMES),
    ),
    "tests/acceptance/install_clients": (
        lines('CLOUD="cfn-lint==1.51.0 moto[cloudformation,s3,server,sqs]==5.2.5"'),
        words('# AWS\'s linter for templates, … > "$folder/cloud/.installed" fi fi'),
    ),
    "deploy/compose.cluster.yml": (
        lines("celery: *two", "mailer: *two"),
        words(
            "`beat` stays one: it keeps the times of periodic tasks in a file. Docker starts it "
            "again on the machine that it is on.",
            "`periodic` stays one.",
        ),
    ),
    "deploy/docker-compose.override.example.yml": (
        lines("celery: *worker\nbeat: *worker", "mailer: *worker\nperiodic: *worker"),
    ),
    "deploy/prometheus.yml": (lines("- celery\n- beat", "- mailer\n- periodic"),),
    "deploy/Dockerfile": (words("/mail /beat", "/mail"),),
    "deploy/nats.conf": (
        words(
            "user: celery, password: $NATS_PASSWORD_CELERY",
            "user: periodic, password: $NATS_PASSWORD_PERIODIC",
        ),
        words("_INBOX_celery.", "_INBOX_periodic."),
        words(
            "user: beat, password: $NATS_PASSWORD_BEAT",
            "user: mailer, password: $NATS_PASSWORD_MAILER",
        ),
        words("_INBOX_beat.", "_INBOX_mailer."),
        # It records the job of a mail.
        words(
            '"$JS.API.CONSUMER.INFO.ORDERS.notification", '
            '"$JS.API.CONSUMER.MSG.NEXT.ORDERS.notification",',
            '"$JS.API.CONSUMER.INFO.ORDERS.notification",\n          '
            '"$JS.API.CONSUMER.MSG.NEXT.ORDERS.notification", "outbox.nudge.*",',
        ),
    ),
    **{
        f"deploy/iam/{service}.json": _QUEUE
        for service in ("dead_letter_collector", "provision", "web")
    },
    "deploy/iam/outbox_relay.json": _QUEUE,
    ".env.example": (
        lines("CELERY_QUEUE_URL=https://sqs.eu-west-2.amazonaws.com/123456789012/celery"),
        words(" or a Celery task; and", "; and"),
        words(" for a Celery task on its way to SQS,"),
        words("# The last two are tried twice.", "# The last one is tried twice."),
        lines("#ENQUEUE_SECONDS=3.0"),
        words("#NATS_PASSWORD_CELERY", "#NATS_PASSWORD_PERIODIC"),
        words("#NATS_PASSWORD_BEAT", "#NATS_PASSWORD_MAILER"),
    ),
    ".gitignore": (lines("celerybeat-schedule*"),),
    ".vscode/launch.json": (
        words(
            '{ "name": "celery, with make demo WITHOUT=celery", … "STANDSTILL_SECONDS": '
            '"3600" }, "justMyCode": false }, { "name": "web,',
            '{ "name": "web,',
        ),
        lines('"dead_letter_collector"', '"dead_letter_collector",\n"mailer",\n"periodic"'),
    ),
    "pyproject.toml": (
        lines('"celery[sqs]>=5.7",'),
        lines('"celery-types>=0.26",'),
        words('"celery.*", "kombu.*",'),
    ),
}
