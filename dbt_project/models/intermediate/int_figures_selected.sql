-- The vintage that counts for each figure: source first, vintage second. The services detail decides
-- wherever a file of it was landed; only where none was, the newest of the others does: the one of the latest
-- edition, then of the latest day. A more exact print
-- that the newest repeats in rounded form counts in its place: it says the same, and more of it.
with vintages as (

    select * from {{ ref('int_vintages') }}

),

releases as (

    select * from {{ ref('stg_releases') }}

),

figures as (

    select * from {{ ref('int_figures') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

all_vintages as (

    select
        vintages.*,
        releases.tier,
        releases.basis,
        releases.tolerance_usd_mn,
        sources.newest_period_ends_on,
        sources.is_day_known
    from vintages
    inner join releases on vintages.release_id = releases.release_id
    inner join sources on vintages.last_source_id = sources.source_id

),

all_standing as (

    select * from all_vintages
    where valid_to is null

),

-- Nearly every figure stands in one source alone, and there is nothing to choose.
in_several as (

    select figure_id
    from all_standing
    group by figure_id
    having count(*) > 1

),

standing as (

    select all_standing.*
    from all_standing
    semi join in_several on all_standing.figure_id = in_several.figure_id

),

beside_the_newest as (

    select
        *,
        first_value(tier) over by_newest as newest_tier,
        first_value(amount) over by_newest as newest_amount,
        first_value(rounding) over by_newest as newest_rounding
    from standing
    window
        by_newest as (
            partition by figure_id
            order by
                tier asc,
                newest_period_ends_on desc,
                is_day_known desc,
                last_confirmed_on desc,
                rounding asc,
                release_id asc
        )

),

ranked as (

    select
        *,
        row_number() over (
            partition by figure_id
            order by
                tier = newest_tier
                and rounding <= newest_rounding
                and abs(amount - newest_amount) <= newest_rounding desc,
                rounding asc,
                newest_period_ends_on desc,
                is_day_known desc,
                last_confirmed_on desc,
                release_id asc
        ) as choice
    from beside_the_newest

),

chosen as (

    select * exclude (newest_tier, newest_amount, newest_rounding, choice)
    from ranked
    where choice = 1
    union all by name
    select all_standing.*
    from all_standing
    anti join in_several on all_standing.figure_id = in_several.figure_id

),

-- The first print is taken from the same source as the figure that counts, where that has one: beside
-- a first print of another precision every figure would look revised.
first_prints as (

    select
        prints.figure_id,
        arg_min(
            prints.amount,
            (
                prints.release_id <> chosen.release_id,
                prints.tier,
                prints.published_on,
                prints.rounding,
                prints.release_id
            )
        ) as first_published_amount
    from all_vintages as prints
    inner join chosen on prints.figure_id = chosen.figure_id
    where prints.is_first_print
    group by prints.figure_id

),

-- A newer print of another source that says something else, beyond the rounding of either.
contradicted as (

    select distinct selected.figure_id
    from ranked as selected
    inner join ranked as other on selected.figure_id = other.figure_id
    where
        selected.choice = 1
        and other.choice > 1
        and (other.newest_period_ends_on, other.last_confirmed_on)
        > (selected.newest_period_ends_on, selected.last_confirmed_on)
        and abs(other.amount - selected.amount) > greatest(
            other.rounding,
            selected.rounding,
            other.tolerance_usd_mn,
            selected.tolerance_usd_mn
        )

)

select
    figures.series,
    figures.code,
    figures.flow,
    figures.period_type,
    figures.period,
    figures.period_starts_on,
    figures.period_ends_on,
    figures.amount_unit,
    selected.figure_id,
    selected.release_id,
    selected.amount,
    selected.rounding,
    selected.published_on,
    selected.last_confirmed_on,
    selected.last_source_id,
    selected.last_status,
    selected.basis,
    {{ vintage_id('figures.figure_key', 'selected.release_id', 'selected.published_on') }} as vintage_id,
    first_prints.first_published_amount,
    contradicted.figure_id is not null as is_superseded
from chosen as selected
inner join figures on selected.figure_id = figures.figure_id
left join first_prints on selected.figure_id = first_prints.figure_id
left join contradicted on selected.figure_id = contradicted.figure_id
