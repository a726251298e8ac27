select
    week_ending_on,
    holder_code,
    holder_name,
    reserves_usd_mn,
    reserves_wow_change_usd_mn
from {{ ref('foreign_exchange_reserves_weekly') }}
