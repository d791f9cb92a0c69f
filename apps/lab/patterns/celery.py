"""Celery: an order is confirmed, its mail is due, and a task sends it, once."""

from apps.lab.patterns.durable_events import place_an_order
from apps.lab.patterns.pattern import SQS_JS, Command, Pattern, QuizQuestion, Sending, WayStep
from apps.lab.patterns.steps import acknowledged, fetched, recorded, relayed_to_jetstream
from apps.notifications import claiming, services, tasks
from apps.orders.events import OrderConfirmed, OrderPlaced
from apps.orders.services import confirm_orders, place_order

PLACED, CONFIRMED = OrderPlaced.subject, OrderConfirmed.subject

WAY = (
    recorded(
        PLACED,
        title="An order is placed",
        says="The mail's way begins here. The page of durable events shows each step until the "
        "order is confirmed.",
        code=(place_order,),
    ),
    recorded(
        CONFIRMED,
        title="The order is confirmed",
        says="Its stock is taken, and the event is recorded in the same transaction.",
        code=(confirm_orders,),
    ),
    relayed_to_jetstream(CONFIRMED)[2],
    fetched(
        CONFIRMED,
        "notification",
        title="The notification consumer fetches it",
        says="Its handler writes a row: this mail is due. The row is unique for the order and the "
        "kind of mail, so the event may come twice.",
    ),
    WayStep(
        point="mail.due",
        title="The task is enqueued",
        says="After the commit of the row, and before the event is acknowledged: Celery puts a "
        "message on the SQS queue `celery`: which task, and with what. If that fails, "
        "beat finds the row within minutes and asks again.",
        code=(services.write_order_mails, tasks.ask_to_send),
    ),
    acknowledged(
        CONFIRMED,
        "notification",
        title="The event is acknowledged",
        says="The consumer has handled it; the mail is sent on its own.",
    ),
    WayStep(
        point="mail.claimed",
        title="The task has claimed the mail",
        says="By one UPDATE, which only one task can win. Celery deletes the message from the "
        "queue only after the work, so that a killed worker loses no task.",
        code=(tasks.send_mail, services.send, claiming.claimed),
    ),
    WayStep(
        point="mail.sent",
        title="The mail server has accepted the mail",
        says="The row is marked as sent, and a second task finds that. If the process dies right "
        "here, the mail is sent again, with the same Message-ID.",
        code=(services.send,),
    ),
)

PATTERN = Pattern(
    slug="celery",
    name="Celery",
    what=(
        (
            "Celery turns a function call into a message on a queue, here one of SQS, and runs the "
            "function in a worker, with retries, backoff and a schedule."
        ),
        (
            "The task's message is deleted after the work, so a task may run again, or twice at "
            "once, and must be safe to repeat."
        ),
        (
            "In the shop it sends a mail when an order ends, and the daily sales report, prunes "
            "old rows, and rescues mails and jobs that were lost."
        ),
    ),
    when_not="For long tasks: nothing extends the visibility of a running task, so one that takes "
    "longer than the timeout runs twice. A plain loop of SQS jobs is shorter than the settings "
    "that Celery would need.",
    costs="The bill of SQS, and a list of settings without which tasks are lost or run twice. "
    "There is no remote control, no events and no Flower on SQS, and only Python programs can read "
    "its messages.",
    sendings=(
        Sending(
            slug="mail",
            label="Place an order, and follow its mail",
            says="One ABC, through the shop's checkout; the demo writes its mail to a file.",
            send=place_an_order,
            way=WAY,
        ),
    ),
    before_sdk='import boto3\n\nsqs = boto3.client("sqs", endpoint_url="@sqs")\nq = "@celery"',
    before_js=SQS_JS + 'const QueueUrl = "@celery";',
    terminal=(
        Command(
            does="How many tasks wait",
            line="aws sqs get-queue-attributes --queue-url @celery \\\n"
            "  --attribute-names ApproximateNumberOfMessages",
            sdk="print(sqs.get_queue_attributes(\n"
            '    QueueUrl=q, AttributeNames=["ApproximateNumberOfMessages"]\n)["Attributes"])',
            js='const AttributeNames = ["ApproximateNumberOfMessages"];\n'
            "const asked = new SQS.GetQueueAttributesCommand({ QueueUrl, AttributeNames });\n"
            "console.log((await sqs.send(asked)).Attributes);",
        ),
        Command(
            does="Enqueue a task",
            line="DEMO=true AWS_PORT=@port .venv/bin/python manage.py shell -c \\\n"
            '  "from orders_site.celery import app; '
            "app.send_task('apps.notifications.tasks.send_mail', [1])\"",
            sdk="from orders_site.celery import app\n\n"
            'app.send_task("apps.notifications.tasks.send_mail", [1])  # in `manage.py shell`',
            note="A task's message has Celery's own format, so JavaScript has no line here. "
            "Run it in the folder of the shop; in containers `docker compose exec celery python "
            "manage.py shell`. Mail 1 has been sent, so the task finds nothing to do; the number "
            "of a mail that does not exist makes a dead letter.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="twice",
            asks="The task of one mail is enqueued twice, and two workers run it at once. How many "
            "mails are sent?",
            choices=("Two", "One", "None: they block each other"),
            answer=1,
            why="Both try to claim the row by the same UPDATE, and one of them wins. The other "
            "finds it claimed, or sent, and returns.",
            experiment="task-twice",
        ),
        QuizQuestion(
            slug="server-away",
            asks="The mail server fails for some seconds. What does the customer get?",
            choices=(
                "Nothing: the task has failed",
                "One mail, later",
                "A mail for each attempt",
            ),
            answer=1,
            why="The task fails, and Celery retries it after 1, 2, 4 … seconds, six attempts in "
            "all. Then the mail is postponed, again and again for up to a day. Each failure frees "
            "the claim.",
            experiment="mail-server-fails",
        ),
    ),
)
