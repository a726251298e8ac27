with corrections as (

    select * from {{ source('raw', 'corrections') }}

)

select
    correction_id,
    release_id,
    file_sha256,
    sheet,
    cell,
    as_printed,
    should_be,
    why,
    said_by,
    source_url
from corrections
