-- Each identity and comparison as it stands now.
with checks as (

    select * from {{ ref('int_reconciliations') }}

),

history as (

    select
        check_id,
        period,
        count(*) as times_compared,
        count_if(verdict = 'differs') as times_apart,
        min(published_on) filter (verdict = 'differs') as first_apart_on,
        max(published_on) filter (verdict = 'differs') as last_apart_on
    from checks
    group by check_id, period

)

select
    checks.check_id,
    checks.check_name,
    checks.period_type,
    checks.period,
    checks.period_ends_on,
    checks.series,
    checks.code,
    checks.flow,
    checks.release_id,
    checks.other_release_id,
    {{ usd_mn('checks.left_amount') }} as left_usd_mn,
    {{ usd_mn('checks.right_amount') }} as right_usd_mn,
    {{ usd_mn('checks.difference') }} as difference_usd_mn,
    {{ usd_mn('checks.tolerance') }} as tolerance_usd_mn,
    checks.tolerance_reason,
    checks.figures_compared::integer as figures_compared,
    checks.figures_apart::integer as figures_apart,
    checks.verdict,
    checks.must_hold,
    checks.published_on,
    history.times_compared::integer as times_compared,
    history.times_apart::integer as times_apart,
    history.first_apart_on,
    history.last_apart_on
from checks
inner join history on checks.check_id = history.check_id and checks.period = history.period
where checks.is_standing
