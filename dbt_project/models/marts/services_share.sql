select
    period,
    period_type,
    period_starts_on,
    period_ends_on,
    item_code,
    item_name,
    exports_share_pct,
    imports_share_pct,
    exports_rank,
    balance_rank,
    is_largest_surplus,
    runner_up_item_code,
    runner_up_item_name,
    runner_up_balance_usd_mn,
    items_known,
    is_mixed_vintage
from {{ ref('int_services_shares') }}
order by period_ends_on, period_type, item_code
