"""SQS jobs, continued: the same from a terminal, and the page's questions."""

from apps.lab.patterns.pattern import Command, QuizQuestion

TERMINAL = (
    Command(
        does="SendMessage",
        line='aws sqs send-message --queue-url "$Q" \\\n'
        '  --message-body \'{"task": "resize", "id": 7}\'',
        sdk='sent = sqs.send_message(QueueUrl=q, MessageBody=\'{"task": "resize", "id": 7}\')\n'
        'print(sent["MessageId"])',
        js='const MessageBody = JSON.stringify({ task: "resize", id: 7 });\n'
        "const sent = await sqs.send(new SQS.SendMessageCommand({ QueueUrl, MessageBody }));\n"
        "console.log(sent.MessageId);",
        note="The image resizer does it, as if the shop had asked.",
    ),
    Command(
        does="ReceiveMessage",
        line='aws sqs receive-message --queue-url "$Q" \\\n'
        "  --max-number-of-messages 10 --wait-time-seconds 20",
        sdk="received = sqs.receive_message(\n"
        "    QueueUrl=q, MaxNumberOfMessages=10, WaitTimeSeconds=20\n)\n"
        'for message in received.get("Messages", []):\n'
        '    print(message["Body"], message["ReceiptHandle"])',
        js="const received = await sqs.send(new SQS.ReceiveMessageCommand({\n"
        "  QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20,\n}));\n"
        "for (const message of received.Messages ?? []) {\n"
        "  console.log(message.Body, message.ReceiptHandle);\n}",
        note="You compete with the image resizer. If you got the job, it is hidden from the worker "
        "until the visibility timeout ends; then the worker does it.",
    ),
    Command(
        does="DeleteMessage",
        line='aws sqs delete-message --queue-url "$Q" \\\n  --receipt-handle "$RECEIPT_HANDLE"',
        sdk='for message in received.get("Messages", []):\n'
        '    sqs.delete_message(QueueUrl=q, ReceiptHandle=message["ReceiptHandle"])',
        js="const ReceiptHandle = process.env.RECEIPT_HANDLE;\n"
        "await sqs.send(new SQS.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));",
        note="It is gone. `RECEIPT_HANDLE` is the handle that your newest receive printed.",
    ),
    Command(
        does="How many wait, how many are hidden",
        line='aws sqs get-queue-attributes --queue-url "$Q" \\\n'
        "  --attribute-names ApproximateNumberOfMessages "
        "ApproximateNumberOfMessagesNotVisible",
        sdk="names = [\n"
        '    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"\n]\n'
        "print(sqs.get_queue_attributes(QueueUrl=q, AttributeNames=names)"
        '["Attributes"])',
        js="const AttributeNames = [\n"
        '  "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",\n];\n'
        "const asked = new SQS.GetQueueAttributesCommand({ QueueUrl, AttributeNames });\n"
        "console.log((await sqs.send(asked)).Attributes);",
    ),
)

QUESTIONS = (
    QuizQuestion(
        slug="what-receive-does",
        asks="What does ReceiveMessage do to a message?",
        choices=(
            "Removes it from the queue",
            "Hides it for the visibility timeout; it stays until it is deleted",
            "Marks it as processed",
            "Moves it to the dead letter queue",
        ),
        answer=1,
        why="The worker that received it may die. So the message is only hidden, and becomes "
        "visible again, unless it is deleted with the receipt handle of that receive.",
        experiment="received-not-deleted",
    ),
    QuizQuestion(
        slug="which-handle",
        asks="You receive a message, its timeout runs out, and you receive it again. What do you "
        "delete it with?",
        choices=(
            "With its MessageId, which stays the same",
            "With the first receipt handle",
            "With the newest receipt handle",
        ),
        answer=2,
        why="Each receive returns a new handle, which belongs to that receive, not to the message. "
        "With the old one, AWS may delete nothing and still answer with success.",
        experiment="second-receipt-handle",
    ),
    QuizQuestion(
        slug="longer-than-hidden",
        asks="A job takes longer than the visibility timeout. What keeps a second worker from it?",
        choices=(
            "Nothing, unless the timeout is extended while the work goes on",
            "SQS sees that the first one is still connected",
            "The receipt handle",
        ),
        answer=0,
        why="SQS does not know that a worker is busy. The shop's worker extends the timeout with a "
        "heartbeat of `ChangeMessageVisibility`, at a third of the timeout.",
        experiment="longer-than-the-timeout",
    ),
)
