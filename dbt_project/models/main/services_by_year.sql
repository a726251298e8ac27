select
    fiscal_year,
    fiscal_year_ends_on,
    item_code,
    item_name,
    exports_usd_mn,
    exports_yoy_pct,
    imports_usd_mn,
    imports_yoy_pct,
    balance_usd_mn,
    months_known
from {{ ref('services_fiscal_year') }}
