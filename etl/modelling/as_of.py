"""Marts as of a day: each mart's SQL, written once, is rendered a second time as a table macro.

Here: compiled SQL in, the statement that makes the macro out. Not here: running it.

A mart is a function of the prints. As of a day it is the same function of the prints that were out by then,
so the macro is the mart's own SQL with every model between it and the prints put in front as a common table
expression, and the prints filtered. No model is written twice, and none knows of days.

DuckDB 1.2 and 1.3 plan a common table expression once for each mention and come to no end with the larger
macros; from 1.4 on they take less than half a second (docs/connecting.md).

No model names a catalogue (dbt_project/macros/relations.sql), so the file can be opened or attached under any
name (after `USE`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

MARTS = (
    "services_monthly",
    "it_exports_monthly",
    "services_fiscal_quarter",
    "services_fiscal_year",
    "services_fiscal_year_to_date",
    "services_share",
    "balance_of_payments_monthly",
    "balance_of_payments_fiscal_year",
    "goods_trade_monthly",
    "exchange_rates_monthly",
    "workers_remittances_monthly",
    "foreign_exchange_reserves_weekly",
    "vintages",
    "revisions",
    "revisions_summary",
    "derivations",
    "reconciliations",
    "headlines",
)
PRINTS = ("int_observations_unioned", "int_vintages_deduplicated")
"""Where the days come in: the models of prints; their column `valid_from` says from when a print was out."""
TIMELESS = ("int_figures",)
"""Made of prints, but the same on every day: what a figure is called."""


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it."""

    schema: str
    name: str
    sql: str
    parents: tuple[str, ...]
    """Names of the models that it reads."""


def macro(mart: str, models: Mapping[str, Model]) -> str:
    """Return the statement that makes `marts.<mart>_as_of(as_of)` for a mart."""
    between = _in_order(mart, models)
    expressions = [
        f"{name} as (select * from {models[name].schema}.{name} where valid_from <= as_of::date)"
        for name in PRINTS
        if any(name in models[reader].parents for reader in between)
    ]
    expressions += [f"{name} as (\n{_rendered(models[name], models, between)}\n)" for name in between[:-1]]
    body = _rendered(models[mart], models, between)
    head = f"create or replace macro marts.{mart}_as_of(as_of) as table"
    return f"{head}\nwith {', '.join(expressions)}\nselect * from (\n{body}\n)"


def _in_order(mart: str, models: Mapping[str, Model]) -> list[str]:
    """Return the models between the prints and a mart, each after those that it reads, the mart last."""
    order: list[str] = []

    def visit(name: str) -> bool:
        """Whether a model depends on the prints, and put it in order if so."""
        if name in PRINTS or name in TIMELESS:
            return name in PRINTS
        depends = [visit(parent) for parent in models[name].parents if parent in models]
        if any(depends) and name not in order:
            order.append(name)
        return any(depends)

    visit(mart)
    return order


def _rendered(model: Model, models: Mapping[str, Model], between: list[str]) -> str:
    """Return a model's SQL with the models in front of it in place of their tables."""
    sql = model.sql
    for name in (*PRINTS, *between):
        sql = sql.replace(f'"{models[name].schema}"."{name}"', name)
    return sql
