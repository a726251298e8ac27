with public_holidays as (

    select * from {{ source('raw', 'public_holidays') }}

)

select
    holiday_on,
    holiday_name,
    is_estimated
from public_holidays
