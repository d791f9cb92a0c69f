"""Queue group: the preview of a photo is offered to three resizers; one of them receives it."""

from apps.images import previews, services
from apps.images.contract import PREVIEW_SUBJECT, ResizeJob
from apps.lab.patterns.pattern import (
    CONNECT_JS,
    CONNECT_JS_3,
    Command,
    Given,
    Pattern,
    QuizQuestion,
    Sending,
    WayStep,
)
from apps.messaging.pubsub import broadcast, queue_group

PHOTO = 7


def offer_a_preview(_: Given) -> str:
    job = ResizeJob(id=PHOTO)
    queue_group.offer(PREVIEW_SUBJECT, job)
    return f"{job.to_json()} was offered to the group."


WAY = (
    WayStep(
        point="core.publishing",
        destination=PREVIEW_SUBJECT,
        title="The work is offered",
        says="It is published on core NATS like any message; the sender does not know the group. "
        "Without a member it would be lost.",
        code=(queue_group.offer, broadcast.publish),
    ),
    WayStep(
        point="group.received",
        destination=PREVIEW_SUBJECT,
        title="One member receives it",
        says="All three have subscribed with the group's name, `resizers`, and the server chose "
        "one of them. Send again, and watch the instance change.",
        code=(queue_group.serving,),
    ),
    WayStep(
        point="group.handled",
        destination=PREVIEW_SUBJECT,
        title="The member has handled it",
        says="The preview of photo 7 is made again, and is the same: a repeat is harmless. Nothing "
        "acknowledges the message, and a failure here would not be noticed.",
        code=(previews.make_preview, services.make_preview, queue_group.serving),
    ),
)

PATTERN = Pattern(
    slug="queue-group",
    name="Queue group",
    what=(
        (
            "Subscribers with the same group name are one pool: the server delivers each message "
            "to one of them, at random, and the sender does not know the group."
        ),
        (
            "There are no partitions and no rebalancing: a member that starts takes its share, and "
            "if one dies, the others go on."
        ),
        (
            "In the shop three preview resizers share `jobs.resize`, so that an uploaded photo "
            "shows a small picture at once, before its renditions come through SQS."
        ),
    ),
    when_not="When the work must be done. There is no acknowledgement, no redelivery and no "
    "backlog: a message without a member is lost, and so are those in flight at a member that "
    "dies. Use SQS jobs for that.",
    costs="As little as publish-subscribe. The server does not know which member is busy: messages "
    "wait in the memory of the member that it chose.",
    sendings=(
        Sending(
            slug="preview",
            label="Offer the preview of photo 7",
            says="The same subject, body and group that an upload uses. One of three members "
            "should receive it.",
            send=offer_a_preview,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    before_js_3=CONNECT_JS_3,
    terminal=(
        Command(
            does="Become a fourth member",
            line="nats sub jobs.resize --queue resizers",
            sdk='mine = await nc.subscribe("jobs.resize", queue="resizers")\n'
            "job = await mine.next_msg(timeout=60)\nprint(job.data)",
            js='const mine = nc.subscribe("jobs.resize", { queue: "resizers" });\n'
            "for await (const job of mine) {\n  console.log(job.string());\n}",
            note="You receive about a quarter of the work, and do not do it: the way of such a "
            "message ends with you.",
        ),
        Command(
            does="Offer work to the group",
            line='nats pub jobs.resize \'{"task": "resize", "id": 7}\'',
            sdk='await nc.publish("jobs.resize", b\'{"task": "resize", "id": 7}\')\n'
            "await nc.flush()",
            js='nc.publish("jobs.resize", JSON.stringify({ task: "resize", id: 7 }));\n'
            "await nc.drain();",
            note="The id of a photo that does not exist makes a dead letter.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="one-of-three",
            asks="Three workers subscribe to one subject, and each message is to be handled by "
            "exactly one of them. What do you use?",
            choices=(
                "A wildcard in the subject",
                "A subject for each worker, which the sender uses in turn",
                "One queue group's name in all three subscriptions",
                "A stream with explicit acknowledgement",
            ),
            answer=2,
            why="The name makes them one pool, and the server chooses a member for each message. A "
            "stream would work too, but stores and acknowledges each message.",
            experiment="three-members-one-killed",
        ),
        QuizQuestion(
            slug="killed-with-it",
            asks="A member is killed with a message in flight. What happens to the message?",
            choices=(
                "The server gives it to another member",
                "It is lost",
                "It waits until the member is back",
            ),
            answer=1,
            why="The server stores no message that it has delivered. Later messages go to the "
            "other members.",
            experiment="three-members-one-killed",
        ),
    ),
)
