-- Where figures come from: files whose figures count, and prints that quoted a file which is gone.
with files as (

    select * from {{ ref('int_release_files') }}

),

transcribed as (

    select * from {{ ref('int_transcriptions_unioned') }}

),

sources as (

    select
        {{ source_id(['release_id', 'file_sha256']) }} as source_id,
        release_id,
        'published' as basis,
        via,
        file_sha256,
        source_address as source_url,
        published_on,
        published_on_is,
        first_seen_at,
        latest_period_ends_on as edition_ends_on,
        is_complete as is_edition
    from files
    union all by name
    select distinct
        source_id,
        release_id,
        'transcribed' as basis,
        'transcribed' as via,
        source_url,
        published_on,
        published_on_is,
        published_on::timestamp as first_seen_at,
        published_on as edition_ends_on,
        false as is_edition
    from transcribed

)

-- A date of publication may be an upper bound only; an edition was out when the one after it was. Of several
-- editions out on one day, each print has to be compared with its like.
select
    *,
    min(published_on) over (
        partition by release_id
        order by edition_ends_on, published_on
        rows between current row and unbounded following
    ) as valid_from,
    count(*) over (partition by release_id, published_on) > 1 as is_one_of_a_day,
    row_number() over (
        partition by release_id, published_on
        order by edition_ends_on desc, first_seen_at desc, file_sha256 asc, source_url asc
    ) as place_in_day,
    -- Of sources of one series, whatever their release, the later edition is the newer one. A print that
    -- quotes a figure is taken as of the month before it, which is the newest that it can know.
    case
        when basis = 'transcribed' then last_day(published_on - interval 1 month)
        else edition_ends_on
    end as newest_period_ends_on,
    published_on_is <> 'first_seen' as is_day_known
from sources
