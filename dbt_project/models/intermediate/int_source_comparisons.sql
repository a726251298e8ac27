-- Each figure that two releases print, one against the other: the vintages of both that stood at the same
-- time, and the stretch of days in which they did.
with vintages as (

    select * from {{ ref('int_vintages') }}

),

releases as (

    select * from {{ ref('stg_releases') }}

),

ranked as (

    select
        vintages.*,
        releases.tier,
        releases.tolerance_usd_mn
    from vintages
    inner join releases on vintages.release_id = releases.release_id

),

printed_twice as (

    select figure_id
    from ranked
    group by figure_id
    having min(release_id) <> max(release_id)

),

several as (

    select ranked.*
    from ranked
    semi join printed_twice on ranked.figure_id = printed_twice.figure_id

)

select
    one.figure_id,
    one.period_ends_on,
    one.release_id,
    other.release_id as other_release_id,
    one.amount as left_amount,
    other.amount as right_amount,
    abs(one.amount - other.amount) as difference,
    greatest(one.rounding, other.rounding, one.tolerance_usd_mn, other.tolerance_usd_mn) as tolerance,
    greatest(one.tolerance_usd_mn, other.tolerance_usd_mn) > greatest(one.rounding, other.rounding)
        as is_tolerance_of_source,
    greatest(one.valid_from, other.valid_from) as valid_from,
    least(one.valid_to, other.valid_to) as valid_to,
    one.last_confirmed_on,
    other.last_confirmed_on as other_last_confirmed_on
from several as one
inner join several as other
    on
        one.figure_id = other.figure_id
        and (one.tier, one.release_id) < (other.tier, other.release_id)
        and one.valid_from < coalesce(other.valid_to, 'infinity'::date)
        and other.valid_from < coalesce(one.valid_to, 'infinity'::date)
