-- A vintage is one distinct value that one source gave for one series and period, once per change: a
-- print that repeats the value before it only confirms it. Vintages of a source are in the order of the
-- latest period of their edition, then of publication, so an old file found today is an old vintage.
with prints as (

    select * from {{ ref('int_prints') }}

),

one_a_day as (

    select *
    from prints
    qualify row_number() over (
        partition by series, code, period_type, period, flow, release_id, published_on
        order by
            edition_ends_on desc, decimals desc, first_seen_at asc, file_sha256 asc, source_url asc, cell asc
    ) = 1

),

changes as (

    select
        *,
        coalesce(value_usd_mn <> lag(value_usd_mn) over by_edition, true) as is_change
    from one_a_day
    window by_edition as (
        partition by series, code, period_type, period, flow, release_id
        order by edition_ends_on, published_on
    )

),

runs as (

    select
        *,
        count_if(is_change) over (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
        ) as run
    from changes

),

vintages as (

    select
        *,
        last_value(published_on) over whole_run as last_confirmed_on,
        last_value(status) over whole_run as last_status,
        last_value(coalesce(file_sha256, source_url)) over whole_run as last_confirmed_by
    from runs
    window
        whole_run as (
            partition by series, code, period_type, period, flow, release_id, run
            order by edition_ends_on, published_on
            rows between unbounded preceding and unbounded following
        )

    qualify row_number() over (
        partition by series, code, period_type, period, flow, release_id, run
        order by edition_ends_on, published_on
    ) = 1
),

-- A date of publication may be an upper bound only; an edition was out when the one after it was.
dated as (

    select
        *,
        min(published_on) over (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
            rows between current row and unbounded following
        ) as valid_from
    from vintages

)

select
    md5(concat_ws('|', series, code, period_type, period, flow, release_id, published_on)) as vintage_id,
    * exclude (is_change, run),
    lead(valid_from) over (
        partition by series, code, period_type, period, flow, release_id
        order by edition_ends_on, published_on
    ) as valid_to
from dated
