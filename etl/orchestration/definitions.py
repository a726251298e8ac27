"""What `workspace.yaml` loads: the code location of this installation."""

from etl.catalog import Catalog
from etl.orchestration.assembly import assemble
from etl.orchestration.context import Context
from etl.settings import Settings

defs = assemble(Context.of(Settings.from_environment(), Catalog.load()))
