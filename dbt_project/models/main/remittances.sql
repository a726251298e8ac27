select
    month,
    fiscal_year,
    country_code,
    country_name,
    remittances_usd_mn,
    remittances_yoy_pct,
    remittances_share_pct
from {{ ref('workers_remittances_monthly') }}
