-- Which print of which vintage counted for each figure, and when: source first, vintage second. The
-- services detail decides wherever a file of it was landed; only where none was, the newest of the others
-- does: that of the latest edition, then of the latest day. A more exact print that the newest repeats in
-- rounded form counts in its place: it says the same, and more of it.
with releases as (

    select * from {{ ref('stg_releases') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

prints as (

    select
        prints.figure_id,
        prints.release_id,
        prints.source_id,
        prints.status,
        prints.amount,
        prints.vintage_rounding as rounding,
        prints.vintage_published_on as published_on,
        prints.published_on as confirmed_on,
        prints.valid_from,
        lead(prints.valid_from) over by_edition as valid_to,
        prints.is_change and prints.is_first_print and prints.amount is not null as is_first_print,
        first_value(
            case when prints.is_change and prints.is_first_print then prints.amount end ignore nulls
        ) over (by_edition rows between unbounded preceding and current row) as first_amount_of_release,
        releases.tier,
        releases.basis,
        releases.tolerance_usd_mn,
        sources.newest_period_ends_on,
        sources.is_day_known
    from {{ ref('int_vintages_deduplicated') }} as prints
    inner join releases on prints.release_id = releases.release_id
    inner join sources on prints.source_id = sources.source_id
    window
        by_edition as (
            partition by prints.figure_id, prints.release_id
            order by prints.edition_ends_on, prints.published_on
        )

),

-- Of editions that came out on one day only the last stands.
all_standing as (

    select * from prints
    where amount is not null and (valid_to is null or valid_from < valid_to)

),

-- Nearly every figure is printed in one source alone, and there is nothing to choose.
in_several as (

    select figure_id
    from prints
    group by figure_id
    having min(release_id) <> max(release_id)

),

several as (

    select prints.*
    from prints
    semi join in_several on prints.figure_id = in_several.figure_id

),

days as (

    select distinct
        figure_id,
        valid_from
    from several

),

-- Between two days on which anything is printed for a figure the choice is the same.
stretches as (

    select
        figure_id,
        valid_from,
        lead(valid_from) over (partition by figure_id order by valid_from) as valid_to
    from days

),

standing as (

    select all_standing.* replace (stretches.valid_from as valid_from, stretches.valid_to as valid_to)
    from stretches
    inner join all_standing
        on
            stretches.figure_id = all_standing.figure_id
            and stretches.valid_from >= all_standing.valid_from
            and (all_standing.valid_to is null or stretches.valid_from < all_standing.valid_to)

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
            partition by figure_id, valid_from
            order by
                tier asc,
                newest_period_ends_on desc,
                is_day_known desc,
                confirmed_on desc,
                rounding asc,
                release_id asc
        )

),

ranked as (

    select
        *,
        row_number() over (
            partition by figure_id, valid_from
            order by
                tier = newest_tier
                and rounding <= newest_rounding
                and abs(amount - newest_amount) <= newest_rounding desc,
                rounding asc,
                newest_period_ends_on desc,
                is_day_known desc,
                confirmed_on desc,
                release_id asc
        ) as choice
    from beside_the_newest

),

chosen as (

    select * from ranked
    where choice = 1

),

-- The first print is taken from the same source as the figure that counts, where that has one: beside
-- a first print of another precision every figure would look revised.
first_prints_elsewhere as (

    select
        chosen.figure_id,
        chosen.valid_from,
        arg_min(
            several.amount, (several.tier, several.published_on, several.rounding, several.release_id)
        ) as amount
    from chosen
    inner join several
        on chosen.figure_id = several.figure_id and chosen.valid_from >= several.valid_from
    where chosen.first_amount_of_release is null and several.is_first_print
    group by chosen.figure_id, chosen.valid_from

),

-- A newer print of another source that says something else, beyond the rounding of either.
contradicted as (

    select distinct
        chosen.figure_id,
        chosen.valid_from
    from chosen
    inner join ranked as other
        on chosen.figure_id = other.figure_id and chosen.valid_from = other.valid_from
    where
        other.choice > 1
        and (other.newest_period_ends_on, other.confirmed_on)
        > (chosen.newest_period_ends_on, chosen.confirmed_on)
        and abs(other.amount - chosen.amount) > greatest(
            other.rounding,
            chosen.rounding,
            other.tolerance_usd_mn,
            chosen.tolerance_usd_mn
        )

)

select
    all_standing.figure_id,
    all_standing.release_id,
    all_standing.basis,
    all_standing.published_on,
    all_standing.source_id,
    all_standing.status,
    all_standing.amount,
    all_standing.rounding,
    all_standing.first_amount_of_release as first_published_amount,
    false as is_superseded,
    all_standing.valid_from,
    all_standing.valid_to
from all_standing
anti join in_several on all_standing.figure_id = in_several.figure_id
union all by name
select
    chosen.figure_id,
    chosen.release_id,
    chosen.basis,
    chosen.published_on,
    chosen.source_id,
    chosen.status,
    chosen.amount,
    chosen.rounding,
    coalesce(chosen.first_amount_of_release, first_prints_elsewhere.amount) as first_published_amount,
    contradicted.figure_id is not null as is_superseded,
    chosen.valid_from,
    chosen.valid_to
from chosen
left join first_prints_elsewhere
    on
        chosen.figure_id = first_prints_elsewhere.figure_id
        and chosen.valid_from = first_prints_elsewhere.valid_from
left join contradicted
    on chosen.figure_id = contradicted.figure_id and chosen.valid_from = contradicted.valid_from
