select
    month,
    fiscal_year,
    exports_usd_mn,
    exports_mom_pct,
    exports_yoy_pct,
    exports_fytd_usd_mn,
    exports_fytd_yoy_pct,
    net_exports_usd_mn,
    exports_share_of_services_pct,
    is_record,
    exports_status,
    exports_basis
from {{ ref('it_exports_monthly') }}
