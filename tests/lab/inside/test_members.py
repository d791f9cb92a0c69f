"""The members of a group, with their shares of the last minute."""

import time

import pytest

from apps.lab.feed.feed import Feed
from apps.lab.feed.hops import Hop, SignOfLife
from apps.lab.inside import members
from apps.lab.inside.members import GroupMember, groups
from apps.lab.map.typed_points import RECEIVED


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(members, "FEED", feed)
    return feed


def alive(feed: Feed, worker: str, instance: str, pid: int) -> None:
    who = SignOfLife(worker=worker, instance=instance, pid=pid)
    feed.add_sign_of_life(who.to_json().encode())


def took(feed: Feed, instance: str, *, ago: float = 1.0, point: str = "group.received") -> None:
    at = time.time() - ago
    hop = Hop(point=point, at=at, worker="preview_resizer", instance=instance, pid=1)
    feed.add_hop(hop.to_json().encode())


def test_each_member_has_its_share(feed: Feed) -> None:
    alive(feed, "preview_resizer", "1", 11)
    alive(feed, "preview_resizer", "2", 12)
    for instance in ("1", "1", "1", "2"):
        took(feed, instance)
    (group,) = groups()
    assert (group.name, group.count) == ("preview_resizer", 4)
    assert group.members == (
        GroupMember(instance="1", pid=11, count=3, percent=75),
        GroupMember(instance="2", pid=12, count=1, percent=25),
    )


def test_what_was_taken_long_ago_or_at_another_hook_does_not_count(feed: Feed) -> None:
    alive(feed, "preview_resizer", "1", 11)
    took(feed, "1", ago=120)
    took(feed, "1", point="group.handled")
    assert groups() == []


def test_a_member_that_is_gone_has_no_box(feed: Feed) -> None:
    alive(feed, "preview_resizer", "2", 12)
    took(feed, "1")
    took(feed, "2")
    (group,) = groups()
    assert [(each.instance, each.count) for each in group.members] == [("2", 1)]


def typed(feed: Feed, subject: str, group: str, line: int) -> None:
    hop = Hop(
        point=RECEIVED,
        at=time.time(),
        worker="web",
        instance="1",
        pid=5,
        destination=subject,
        attributes={"group": group, "line": line},
    )
    feed.add_hop(hop.to_json().encode())


def test_a_line_of_the_terminal_is_a_member_of_the_shops_group(feed: Feed) -> None:
    alive(feed, "preview_resizer", "1", 11)
    took(feed, "1")
    typed(feed, "jobs.resize", "resizers", 3)
    (group,) = groups()
    assert [(each.instance, each.pid, each.percent) for each in group.members] == [
        ("1", 11, 50),
        ("terminal, line 3", 5, 50),
    ]


def test_a_line_that_takes_all_leaves_the_process_nothing(feed: Feed) -> None:
    alive(feed, "preview_resizer", "1", 11)
    typed(feed, "jobs.resize", "resizers", 3)
    (group,) = groups()
    assert [each.percent for each in group.members] == [0, 100]


def test_lines_of_another_group_have_a_box_of_their_own(feed: Feed) -> None:
    for line in (1, 1, 2):
        typed(feed, "jobs.resize", "mine", line)
    (group,) = groups()
    assert group.name == "mine, on jobs.resize"
    assert [each.count for each in group.members] == [2, 1]
