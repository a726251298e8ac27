"""The catalogue as it is, with SBP's addresses turned into those of a server of this machine."""

from pathlib import Path
from urllib.parse import urlsplit

from etl.catalog import INDEX_FILE, RELEASES_FOLDER, Catalog
from tests.support.sbp_server import SbpServer


def loopback_catalog(folder: Path, server: SbpServer) -> Path:
    """Write the entries of the real catalogue with each address's host replaced; give their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    hosts = {
        f"https://{urlsplit(address).netloc}"
        for release in Catalog.load().file_releases
        for address in release.rules[0].addresses
    }
    (folder / INDEX_FILE).parent.mkdir(exist_ok=True)
    for entry in RELEASES_FOLDER.rglob("*.toml"):
        text = entry.read_text(encoding="utf-8")
        for host in hosts:
            text = text.replace(host, server.url("").rstrip("/"))
        (folder / entry.relative_to(RELEASES_FOLDER)).write_text(text, encoding="utf-8")
    return folder
