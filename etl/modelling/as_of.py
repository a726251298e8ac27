"""Marts as of a day: each mart's SQL, written once, is rendered a second time as a table macro.

Here: compiled SQL in, the statement that makes the macro out. Not here: running it.

Few models ask what was known by the end of a day (`day()` in `dbt_project/macros/as_of.sql`): those that
take the figures that counted from their history, and those that read prints one by one. In a mart that day
is the end of time. As of a day it is the day that was asked for: the macro is the mart's own SQL with these
models, and whatever lies between them and the mart, put in front as common table expressions. Everything
else is read from its table.

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
DAY = "date '9999-12-31'"
"""How a model names the day by whose end something was known."""


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
    inlined = _of_the_day(mart, models)
    expressions = [f"{name} as (\n{_rendered(models[name], models, inlined)}\n)" for name in inlined[:-1]]
    head = f"create or replace macro marts.{mart}_as_of(as_of) as table"
    front = f"with {', '.join(expressions)}\n" if expressions else ""
    return f"{head}\n{front}select * from (\n{_rendered(models[mart], models, inlined)}\n)"


def _of_the_day(mart: str, models: Mapping[str, Model]) -> list[str]:
    """Return the models that differ from day to day, each after those that it reads, the mart last."""
    order: list[str] = []

    def visit(name: str) -> bool:
        """Whether a model differs from day to day, and put it in order if so."""
        differs = [visit(parent) for parent in models[name].parents if parent in models]
        if not any(differs) and DAY not in models[name].sql:
            return False
        if name not in order:
            order.append(name)
        return True

    visit(mart)
    return order


def _rendered(model: Model, models: Mapping[str, Model], inlined: list[str]) -> str:
    """Return a model's SQL of the day, with the models in front of it in place of their tables."""
    sql = model.sql.replace(DAY, "as_of::date")
    for name in inlined:
        sql = sql.replace(f'"{models[name].schema}"."{name}"', name)
    return sql
