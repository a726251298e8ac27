"""How this program asks over HTTP: under its own name, with nobody's password, and going nowhere by itself.

Here: the one kind of session there is. Not here: where its connections may lead (`connecting.py`), and what
is asked (`fetching.py`, `easydata/`).
"""

import requests

from etl import __version__
from etl.connecting import GuardedAdapter

USER_AGENT = f"Mozilla/5.0 (compatible; sbp-warehouse/{__version__})"
"""SBP answers the default agents of requests and curl with 403, and this honest form with 200."""

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "*/*",
    # A compressed answer does not declare the length of the file, which tells whether all of it came.
    "Accept-Encoding": "identity",
}


class Session(requests.Session):
    """A session that leaves redirects and credentials to this program."""

    def __init__(self, adapter: GuardedAdapter) -> None:
        super().__init__()
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)
        self.headers.update(_HEADERS)
        # Without it requests looks for a password in the user's .netrc and sends that along.
        self.auth = _no_credentials

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Follow nothing. Told not to follow redirects, requests still prepares the next request: it reads
        the answer's body to the end, however long, and a malformed target is a ValueError.
        """
        return None


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
