select
    month,
    currency_code,
    currency_name,
    average_pkr,
    average_yoy_pct,
    month_end_pkr
from {{ ref('exchange_rates_monthly') }}
