with files as (

    select * from {{ source('raw', 'release_files') }}

)

select
    file_sha256,
    release_id,
    status,
    format,
    size_bytes,
    via,
    original_name,
    source_address,
    first_seen_at,
    last_modified,
    published_on,
    published_on_is,
    latest_period_ends_on,
    figures_sha256,
    is_complete,
    observation_count,
    unread_count,
    quarantine_reason,
    quarantine_where,
    quarantine_expected,
    quarantine_found
from files
