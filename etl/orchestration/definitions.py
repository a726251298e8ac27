"""What `workspace.yaml` loads: the code location of this installation."""

from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.orchestration.assemble import assemble
from etl.orchestration.resources import Context

defs = assemble(Context.of(Settings.from_environment(), Catalog.load()))
