"""The least that tells whether a release is new: a script of requests, one session, one question an address.

`python -m benchmarks.peers.bare_requests STATE.json`: STATE holds a list of `url` and `last_modified`, as
such a script would have kept them; without `last_modified` it is an index, which is read anew. Exit code 0:
every file was answered with 304.
"""

import json
import sys

import requests

USER_AGENT = "Mozilla/5.0 (compatible; bare-requests)"


def main() -> int:
    """Ask for every file if it changed, and for the indexes."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123  # pathlib would cost the peer time
        questions = json.load(file)
    unchanged = 0
    with requests.Session() as session:
        session.headers["User-Agent"] = USER_AGENT
        for question in questions:
            since = question["last_modified"]
            headers = {"If-Modified-Since": since} if since else {}
            answer = session.get(question["url"], headers=headers, timeout=20)
            unchanged += answer.status_code == 304 if since else bool(answer.json())
    print(f"{unchanged} of {len(questions)} unchanged")
    return 0 if unchanged == len(questions) else 1


if __name__ == "__main__":
    sys.exit(main())
