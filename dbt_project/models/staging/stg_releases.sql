with releases as (

    select * from {{ source('raw', 'releases') }}

)

select
    release_id,
    title,
    description,
    kind,
    series,
    tier,
    basis,
    precision_in_words,
    tolerance_usd_mn,
    cadence,
    usual_lag_days,
    overdue_after_days,
    addresses
from releases
