with fetches as (

    select * from {{ source('raw', 'fetches') }}

)

select
    asked_at,
    release_id,
    address,
    outcome,
    asked_by,
    reason,
    status,
    final_address,
    last_modified,
    etag,
    content_type,
    content_length,
    elapsed_seconds,
    file_sha256,
    digest
from fetches
