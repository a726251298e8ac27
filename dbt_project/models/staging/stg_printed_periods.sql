with printed_periods as (

    select * from {{ source('raw', 'printed_periods') }}

)

select
    file_sha256,
    release_id,
    period_ends_on
from printed_periods
