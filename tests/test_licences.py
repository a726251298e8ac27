"""Every package that runs may be used and handed on by anybody."""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements" / "run.txt"
FREE = re.compile(
    r"MIT|BSD|Apache|Mozilla|MPL|Python Software Foundation|PSF|Artistic|ISC|Unlicense|Zlib", re.I
)


def licence_of(package: PackageMetadata) -> str:
    """Return what a package says of its licence: by the newest field that it fills."""
    classifiers = [text for text in package.get_all("Classifier") or () if text.startswith("License ::")]
    return package["License-Expression"] or "; ".join(classifiers) or package["License"] or ""


def test_each_locked_package_has_a_free_licence() -> None:
    names = re.findall(r"^([\w.\-]+)(?:\[.*?\])?==", LOCK.read_text(encoding="utf-8"), re.M)
    licences = {}
    for name in names:
        try:
            licences[name] = licence_of(metadata(name))
        except PackageNotFoundError:  # of another system than this one
            continue
    assert len(licences) > 80
    assert {name: licence for name, licence in licences.items() if not FREE.search(licence)} == {}
