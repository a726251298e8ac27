select
    month,
    fiscal_year,
    item_code,
    item_name,
    exports_usd_mn,
    exports_yoy_pct,
    imports_usd_mn,
    imports_yoy_pct,
    balance_usd_mn
from {{ ref('services_monthly') }}
