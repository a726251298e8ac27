with figures as (

    select * from {{ ref('transcribed_easydata_balance_of_payments') }}

)

select
    'transcribed_easydata_balance_of_payments' as release_id,
    line_code,
    month,
    value_usd_mn,
    published_on,
    published_on_is,
    is_first_print,
    source_url
from figures
