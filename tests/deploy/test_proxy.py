"""`deploy/haproxy.cfg`: what a file can show; `tests/acceptance/test_cluster.py` asks the proxy."""

from pathlib import Path

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "haproxy.cfg"


def test_a_denied_path_is_compared_as_web_decodes_it() -> None:
    """Otherwise /%6Detrics passes the proxy, and `web` answers it as /metrics."""
    lines = CONFIGURATION.read_text().splitlines()
    rules = [line for line in lines if "http-request deny" in line]
    assert rules
    assert [rule for rule in rules if "{ path,url_dec -m str /" not in rule] == []
