"""Queue group: the preview of a photo is offered to three resizers, and one of them gets it."""

from apps.images import previews, services
from apps.images.contract import PREVIEW_SUBJECT, ResizeJob
from apps.lab.patterns.pattern import (
    CONNECT_JS,
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
    return f"{job.to_json()} was offered to whichever member of the group is there."


WAY = (
    WayStep(
        point="core.publishing",
        destination=PREVIEW_SUBJECT,
        title="The work is offered",
        says="It leaves on core NATS as any message does; the sender knows of no group. With no "
        "member there it would be lost.",
        code=(queue_group.offer, broadcast.publish),
    ),
    WayStep(
        point="group.received",
        destination=PREVIEW_SUBJECT,
        title="One member receives it",
        says="All three have subscribed with the group's name, `resizers`, and the server has "
        "picked one of them. Send again, and watch the instance change.",
        code=(queue_group.serving,),
    ),
    WayStep(
        point="group.handled",
        destination=PREVIEW_SUBJECT,
        title="It is done with it",
        says="Photo 7 has its preview made anew, and it is the same: a repeat is harmless. Nobody "
        "is told that it was done, and nobody would notice if it were not.",
        code=(previews.make_preview, services.make_preview, queue_group.serving),
    ),
)

PATTERN = Pattern(
    slug="queue-group",
    name="Queue group",
    what=(
        (
            "Subscribers that name the same group are one pool: the server gives each message to "
            "one of them, at random, and the sender knows nothing of it."
        ),
        (
            "There is no partition to plan and nothing to rebalance: start a member and it takes "
            "its share, kill one and the others go on."
        ),
        (
            "In the shop three preview resizers share `jobs.resize`, so that an uploaded photo "
            "shows a small picture at once, while the real ones are on their way through SQS."
        ),
    ),
    when_not="When the work must be done. There is no acknowledgement, no redelivery and no "
    "backlog: a message with no member there is lost, and so is what a member dies with. "
    "SQS jobs are for that.",
    costs="As little as publish-subscribe. A slow member is not spared: the server does not know "
    "who is busy, and messages wait in the memory of the member it picked.",
    sendings=(
        Sending(
            slug="preview",
            label="Offer the preview of photo 7",
            says="The same subject, body and group that an upload uses. One of three members "
            "should get it.",
            send=offer_a_preview,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    terminal=(
        Command(
            does="Become a fourth member",
            line="nats sub jobs.resize --queue resizers",
            sdk='mine = await nc.subscribe("jobs.resize", queue="resizers")\n'
            "job = await mine.next_msg(timeout=60)\nprint(job.data)",
            js='const mine = nc.subscribe("jobs.resize", { queue: "resizers" });\n'
            "for await (const job of mine) {\n  console.log(job.string());\n}",
            note="You get about a quarter of the work, and you leave it undone: the way above "
            "then ends at its first step.",
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
                "A subject for each worker, which the sender takes in turn",
                "One queue group's name in all three subscriptions",
                "A stream with explicit acknowledgement",
            ),
            answer=2,
            why="The name alone makes them one pool, and the server picks a member for each "
            "message. A stream would work too, but keeps and acknowledges what need not be kept.",
            experiment="three-members-one-killed",
        ),
        QuizQuestion(
            slug="killed-with-it",
            asks="A member is killed with a message in its hands. What becomes of the message?",
            choices=(
                "The server gives it to another member",
                "It is lost",
                "It waits until the member is back",
            ),
            answer=1,
            why="The server forgot it when it handed it over. Messages after that go to the "
            "members that are left.",
            experiment="three-members-one-killed",
        ),
    ),
)
