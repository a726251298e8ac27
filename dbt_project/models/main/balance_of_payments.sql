select
    month,
    fiscal_year,
    line_code,
    line_name,
    amount_usd_mn,
    amount_yoy_change_usd_mn
from {{ ref('balance_of_payments_monthly') }}
