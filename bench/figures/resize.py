"""Renditions of photos: pictures per second of the shipped worker, two at once in sandboxes."""

import json
import secrets
from functools import partial

from bench.kit.bench import Bench
from bench.kit.checks import require
from bench.kit.figures import Case, Figure, Row
from bench.kit.waiting import until
from bench.kit.watching import Sample, watch

_NAIVE_SHARE = 3
"""The naive way is so slow that it gets a third of the pictures."""
_RENDITIONS = 6
_LONGEST_SECONDS = 60.0
_READY = "SELECT count(*) FROM images_photo WHERE status = 'ready'"
_UNSENT = "SELECT count(*) FROM messaging_outboxmessage WHERE lane = 'sqs' AND sent_at IS NULL"


def figure(bench: Bench) -> Figure:
    """The shipped worker, its resizing in memory, and each size from the whole picture."""
    count = bench.size.pictures
    cases = [
        Case(name="now", run=partial(_shipped, bench, count)),
        Case(name="in memory", run=partial(_alone, bench, "programs.resize_in_memory", count)),
        Case(
            name="naive",
            run=partial(_alone, bench, "floors.naive_resize", count // _NAIVE_SHARE),
        ),
    ]
    rows = [
        Row(title="Resize, 12 megapixels", case="now", against=case.name, unit="pictures/s")
        for case in cases[1:]
    ]
    return Figure(title="Resizing photos", cases=cases, rows=rows, most_rounds=3, run_seconds=8)


def _shipped(bench: Bench, count: int) -> Sample:
    """Let the relay send all jobs, and then the worker take them."""
    prefix = f"{secrets.token_hex(4)}-"
    for name in ("jobs-dlq", "jobs"):
        bench.sqs.create_queue(QueueName=prefix + name)
    environment = {
        "QUEUE_PREFIX": prefix,
        "CELERY_QUEUE_URL": f"{bench.sqs_url}/000000000000/{prefix}celery",
    }
    scene = bench.scenes.shop(bench.now)
    with bench.world.stage(bench.now, scene, sqs_url=bench.sqs_url) as stage:
        relay = stage.start(bench.now.worker("outbox_relay"), **environment)
        stage.run(stage.program("programs.add_photos", str(count)))
        until(lambda: not stage.count(_UNSENT), what="the jobs are sent", of=relay)
        worker = stage.start(bench.now.worker("image_resizer"), **environment)
        sample = watch(
            stage,
            lambda: stage.count(_READY),
            goal=count,
            seconds=_LONGEST_SECONDS,
            workers=[worker],
        )
        made = stage.count("SELECT count(*) FROM images_rendition")
        require("renditions", found=made, wanted=_RENDITIONS * count)
        return sample


def _alone(bench: Bench, module: str, count: int) -> Sample:
    with bench.world.stage(bench.now, bench.scenes.shop(bench.now)) as stage:
        sample: Sample = json.loads(stage.run(stage.program(module, str(count))).splitlines()[-1])
        return sample
