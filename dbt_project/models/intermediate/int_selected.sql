-- The vintage that counts for each series, period and flow: source first, vintage second. The services
-- detail decides wherever a file of it was landed; only where none was, the newest of the others does,
-- of one day the more exact.
with vintages as (

    select * from {{ ref('int_vintages') }}

),

releases as (

    select * from {{ ref('stg_releases') }}

),

all_vintages as (

    select
        vintages.*,
        releases.tier,
        releases.tolerance_usd_mn
    from vintages
    inner join releases on vintages.release_id = releases.release_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by series, code, period_type, period, flow
            order by tier asc, last_confirmed_on desc, rounding_usd_mn asc, release_id asc
        ) as choice
    from all_vintages
    where valid_to is null

),

-- The first print is taken from the same source as the figure that counts, where that has one: beside
-- a first print of another precision every figure would look revised.
first_prints as (

    select
        series,
        code,
        period_type,
        period,
        flow,
        value_usd_mn as first_published_usd_mn
    from all_vintages
    where is_first_print
    qualify row_number() over (
        partition by series, code, period_type, period, flow
        order by tier asc, published_on asc, rounding_usd_mn asc, release_id asc
    ) = 1

),

-- A newer print of another source that says something else, beyond the rounding of either.
contradicted as (

    select distinct selected.vintage_id
    from ranked as selected
    inner join ranked as other
        on
            selected.series = other.series
            and selected.code = other.code
            and selected.period_type = other.period_type
            and selected.period = other.period
            and selected.flow = other.flow
    where
        selected.choice = 1
        and other.choice > 1
        and other.last_confirmed_on > selected.last_confirmed_on
        and abs(other.value_usd_mn - selected.value_usd_mn) > greatest(
            other.rounding_usd_mn,
            selected.rounding_usd_mn,
            other.tolerance_usd_mn,
            selected.tolerance_usd_mn
        )

),

counting as (

    select * exclude (choice, tier, tolerance_usd_mn)
    from ranked
    where choice = 1

)

select
    counting.*,
    first_prints.first_published_usd_mn,
    contradicted.vintage_id is not null as is_superseded
from counting
left join first_prints
    on
        counting.series = first_prints.series
        and counting.code = first_prints.code
        and counting.period_type = first_prints.period_type
        and counting.period = first_prints.period
        and counting.flow = first_prints.flow
left join contradicted on counting.vintage_id = contradicted.vintage_id
