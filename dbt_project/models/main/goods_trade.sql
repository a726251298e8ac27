select
    month,
    fiscal_year,
    exports_usd_mn,
    exports_yoy_pct,
    imports_usd_mn,
    imports_yoy_pct,
    balance_usd_mn
from {{ ref('goods_trade_monthly') }}
