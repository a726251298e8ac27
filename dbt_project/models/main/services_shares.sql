select
    period,
    period_type,
    item_code,
    item_name,
    exports_share_pct,
    imports_share_pct,
    exports_rank,
    balance_rank
from {{ ref('services_share') }}
