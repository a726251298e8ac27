with files as (

    select * from {{ ref('stg_release_files') }}

),

counting as (

    select * from {{ ref('int_release_files') }}

)

select
    files.file_sha256,
    files.release_id,
    files.status,
    counting.file_sha256 is not null as is_counted,
    files.format,
    files.size_bytes,
    files.via,
    files.original_name,
    files.source_address,
    files.published_on,
    files.published_on_is,
    files.first_seen_at,
    files.last_modified,
    files.latest_period_ends_on,
    files.observation_count,
    files.unread_count,
    files.quarantine_reason,
    files.quarantine_where,
    files.quarantine_expected,
    files.quarantine_found
from files
left join counting on files.file_sha256 = counting.file_sha256 and files.release_id = counting.release_id
