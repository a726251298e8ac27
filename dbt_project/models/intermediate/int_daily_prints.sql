-- Prints in the order of their editions, one a day for a source and figure, each with the vintage it
-- belongs to. A figure that an edition leaves out, though it prints its period, is withdrawn by it: a
-- print of nothing.
with prints as (

    select * from {{ ref('int_prints') }}

),

editions as (

    select distinct
        series,
        release_id,
        period_type,
        period,
        period_starts_on,
        period_ends_on,
        flow,
        basis,
        via,
        file_sha256,
        source_url,
        published_on,
        published_on_is,
        first_seen_at,
        edition_ends_on
    from prints
    where file_sha256 is not null

),

first_editions as (

    select
        series,
        code,
        release_id,
        period_type,
        period,
        flow,
        min(edition_ends_on) as edition_ends_on
    from prints
    where file_sha256 is not null
    group by series, code, release_id, period_type, period, flow

),

withdrawals as (

    select
        editions.*,
        first_editions.code
    from first_editions
    inner join editions
        on
            first_editions.series = editions.series
            and first_editions.release_id = editions.release_id
            and first_editions.period_type = editions.period_type
            and first_editions.period = editions.period
            and first_editions.flow = editions.flow
            and first_editions.edition_ends_on < editions.edition_ends_on
    anti join prints
        on
            editions.file_sha256 = prints.file_sha256
            and editions.series = prints.series
            and editions.period_type = prints.period_type
            and editions.period = prints.period
            and editions.flow = prints.flow
            and first_editions.code = prints.code

),

all_prints as (

    select * from prints
    union all by name
    select * from withdrawals

),

one_a_day as (

    select * from all_prints
    qualify row_number() over (
        partition by series, code, period_type, period, flow, release_id, published_on
        order by
            edition_ends_on desc,
            rounding_usd_mn asc nulls last,
            first_seen_at asc,
            file_sha256 asc,
            source_url asc,
            cell asc
    ) = 1

),

coded as (

    select
        *,
        regexp_extract(row_key, '^[0-9.]*[0-9]') as printed_code
    from one_a_day

),

-- A figure that is printed under another code than before, or in another unit, is a break, no revision.
changes as (

    select
        *,
        coalesce(value_usd_mn is distinct from lag(value_usd_mn) over by_edition, true) as is_change,
        coalesce(
            unit <> lag(unit) over by_edition
            or printed_code <> lag(printed_code) over by_edition,
            false
        ) as is_break
    from coded
    window
        by_edition as (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
        )

),

-- A date of publication may be an upper bound only; an edition was out when the one after it was.
runs as (

    select
        *,
        count_if(is_change) over (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
        ) as run,
        min(published_on) over (
            partition by series, code, period_type, period, flow, release_id
            order by edition_ends_on, published_on
            rows between current row and unbounded following
        ) as valid_from
    from changes

)

select
    * exclude (is_change, run, printed_code),
    md5(concat_ws(
        '|',
        series,
        code,
        period_type,
        period,
        flow,
        release_id,
        first_value(published_on) over (
            partition by series, code, period_type, period, flow, release_id, run
            order by edition_ends_on, published_on
        )
    )) as vintage_id
from runs
order by series, code, period_type, period_starts_on, flow, release_id, edition_ends_on, published_on
