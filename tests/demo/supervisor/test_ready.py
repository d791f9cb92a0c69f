"""The demo's wait for its shop has a limit, and its error names the missing part."""

import pytest

from apps.demo.supervisor.ready import reason_against, wait_until_ready
from tests.support.ports import free_port


def test_waiting_has_a_limit_and_names_the_reason() -> None:
    port = free_port()
    reason = reason_against(port)
    assert reason
    with pytest.raises(SystemExit) as ended:
        wait_until_ready(port, seconds=0.2)
    assert ended.value.code == f"the shop is not ready after 0.2 s: {reason}"
