with prints as (

    select * from {{ ref('transcribed_monthly') }}

)

select
    'transcribed_prints' as release_id,
    item_code,
    flow,
    month,
    value_usd_mn as value_as_printed,
    value_usd_mn::decimal(18, 6) as value_usd_mn,
    decimals,
    published_on,
    published_on_is,
    kind = 'first_print' as is_first_print,
    source_url
from prints
