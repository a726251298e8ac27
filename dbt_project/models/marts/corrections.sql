-- Each correction with its reason and whether it is in force.
with corrections as (

    select * from {{ ref('int_corrections') }}

)

select
    correction_id,
    state,
    release_id,
    file_sha256,
    sheet,
    cell,
    as_printed,
    should_be,
    found as found_in_cell,
    other_file_sha256,
    why,
    said_by,
    source_url
from corrections
