"""The rows of the map for responders that the settings declare and `topology` does not draw."""

from collections.abc import Collection, Iterable, Iterator

from apps.lab.map.parts import Edge, Node, Row, runs, title
from apps.messaging.contracts.declaring import Contract

PAGE = "request-reply"


def rows_of_requests(kept: Collection[Node], contracts: Iterable[Contract]) -> Iterator[Row]:
    """Yield a row for each responder that no kept part stands for, with the line from the shop."""
    drawn = {node.worker for node in kept}
    asked = [each for each in contracts if each.kind == "requests"]
    for worker in dict.fromkeys(name for each in asked for name in each.consumers):
        if worker in drawn:
            continue
        subjects = [each.address for each in asked if worker in each.consumers]
        both = [
            run
            for subject in sorted(subjects, key=len, reverse=True)
            for run in runs("request.sent <request.answered", destination=subject)
        ]
        at = runs("request.received", worker=worker)
        line = Edge(f"ask-{worker}", "shop", worker, PAGE, tuple(both), subjects[0])
        node = Node(worker, title(worker), PAGE, worker=worker, at=at)
        yield Row(nodes={"responder": node}, edges={"asked": line})
