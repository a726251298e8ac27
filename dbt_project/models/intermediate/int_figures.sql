-- Figures that anything is printed for, with their keys in words.
with prints as (

    select distinct
        figure_id,
        series,
        code,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        amount_unit
    from {{ ref('int_observations_unioned') }}

),

periods as (

    select
        period_type,
        period_starts_on,
        period_ends_on,
        {{ period_key('period_type', 'period_starts_on', 'period_ends_on') }} as period
    from prints
    group by period_type, period_starts_on, period_ends_on

)

select
    prints.*,
    periods.period,
    prints.series || ':' || prints.code || ':' || prints.flow || ':' || periods.period as figure_key
from prints
inner join periods
    on
        prints.period_type = periods.period_type
        and prints.period_starts_on = periods.period_starts_on
        and prints.period_ends_on = periods.period_ends_on
