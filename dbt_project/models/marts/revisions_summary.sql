-- How far a first print can be trusted: for each item and flow, what the months first printed became by a
-- number of days after.
with by_year as (

    select * from {{ ref('int_first_prints_revised') }}

)

select
    series,
    code,
    flow,
    release_id,
    horizon,
    within_days::integer as within_days,
    sum(months_compared)::integer as months_compared,
    sum(months_revised)::integer as months_revised,
    {{ share_pct('sum(months_revised)', 'sum(months_compared)') }} as months_revised_pct,
    {{ usd_mn('sum(sum_of_revisions) / sum(months_compared)') }} as mean_revision_usd_mn,
    {{ usd_mn('sum(sum_of_absolute_revisions) / sum(months_compared)') }} as mean_absolute_revision_usd_mn,
    {{ share_pct('sum(sum_of_absolute_revisions)', 'sum(sum_of_first_amounts)') }}
        as mean_absolute_revision_pct,
    {{ usd_mn('arg_max(largest_revision, (abs(largest_revision), largest_revision_period))') }}
        as largest_revision_usd_mn,
    arg_max(largest_revision_period, (abs(largest_revision), largest_revision_period))
        as largest_revision_period
from by_year
group by series, code, flow, release_id, horizon, within_days
