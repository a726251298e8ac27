"""The warehouse of the State Bank of Pakistan's external-sector releases.

The rooms, from the ground up; each imports those before it and never one after it: `common`, `catalog`,
`archive`, `warehouse`, `readers`, `landing`, `fetch`, `modelling`, `publish`, `serve`, `monitor`,
`orchestration`, `cli`. `tests/test_architecture.py` holds them to it.
"""

__version__ = "0.1.0"
