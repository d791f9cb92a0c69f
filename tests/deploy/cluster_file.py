"""`deploy/compose.cluster.yml`, read as it stands."""

from typing import Any

import yaml

from tests.deploy.compose_file import ROOT


class ClusterLoader(yaml.SafeLoader):
    """Reads compose's `!reset []`."""


ClusterLoader.add_constructor("!reset", lambda _loader, _node: None)
CLUSTER: dict[str, dict[str, Any]] = yaml.load(
    (ROOT / "deploy/compose.cluster.yml").read_text(), Loader=ClusterLoader
)["services"]
