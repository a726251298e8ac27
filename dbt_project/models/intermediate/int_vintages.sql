-- A vintage is one distinct value that one source gave for one series and period, once per change: a
-- print that repeats the value before it only confirms it. Vintages of a source are in the order of the
-- latest period of their edition, then of publication, so an old file found today is an old vintage.
with prints as (

    select * from {{ ref('int_daily_prints') }}

),

confirmed as (

    select
        vintage_id,
        max_by(published_on, (edition_ends_on, published_on)) as last_confirmed_on,
        max_by(status, (edition_ends_on, published_on)) as last_status,
        max_by(coalesce(file_sha256, source_url), (edition_ends_on, published_on)) as last_confirmed_by
    from prints
    group by vintage_id

),

first_of_vintage as (

    select *
    from prints
    qualify row_number() over (partition by vintage_id order by edition_ends_on, published_on) = 1

),

followed as (

    select
        *,
        lead(valid_from) over by_edition as valid_to,
        lead(valid_from) over by_edition is not null and lead(value_usd_mn) over by_edition is null
            as is_withdrawn
    from first_of_vintage
    window
        by_edition as (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
        )

)

select
    followed.*,
    confirmed.last_confirmed_on,
    confirmed.last_status,
    confirmed.last_confirmed_by
from followed
inner join confirmed on followed.vintage_id = confirmed.vintage_id
where followed.value_usd_mn is not null
