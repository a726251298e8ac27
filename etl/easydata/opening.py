"""A puller with all that it needs, for a run.

Here: what is put together from the settings. Not here: each part.
"""

from etl.archive import Archive
from etl.easydata.calling import Asking, Waiting
from etl.easydata.connection import Connection, Patience
from etl.easydata.key import ApiKey
from etl.easydata.pulling import Manner, Puller
from etl.easydata.quota import Quota
from etl.settings import Settings


def puller(
    settings: Settings, archive: Archive, key: ApiKey, manner: Manner, waiting: Waiting | None = None
) -> Puller:
    """Give who pulls from EasyData, counting calls for this installation."""
    patience = Patience(retry_seconds=3 * settings.polite_seconds)
    connection = Connection(key, polite_seconds=settings.polite_seconds, patience=patience)
    return Puller(settings, archive, Asking(connection, Quota(settings.easydata), waiting), manner=manner)
