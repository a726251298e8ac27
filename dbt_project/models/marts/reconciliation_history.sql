-- Each identity in each edition, and each comparison of two sources whenever one of them changed.
with checks as (

    select * from {{ ref('int_reconciliations') }}

)

select
    check_id,
    period,
    period_ends_on,
    published_on,
    code,
    flow,
    {{ usd_mn('difference') }} as difference_usd_mn,
    {{ usd_mn('tolerance') }} as tolerance_usd_mn,
    verdict,
    is_standing
from checks
