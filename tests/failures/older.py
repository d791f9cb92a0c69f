"""A fork server whose processes run the version of the code before `orders.placed` had version 2.

`python -m tests.failures.older`, as `fork_server.py`. Its `web` writes version 1, and its consumers
know no other.
"""

from pydantic.fields import FieldInfo

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.orders.events import EventLine, OrderEvent, OrderPlaced
from tests.failures.fork_server import main


def forget_version_2() -> None:
    OrderPlaced.version = 1
    OrderPlaced.earlier = ()
    OrderPlaced.line_class = EventLine
    OrderPlaced.currencies = OrderEvent.currencies  # type: ignore[method-assign]
    OrderPlaced.__pydantic_fields__["lines"] = FieldInfo(annotation=tuple[EventLine, ...])
    OrderPlaced.model_rebuild(force=True)


if __name__ == "__main__":
    forget_version_2()
    main()
