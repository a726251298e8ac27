-- The history of what counted: one row for each figure and stretch of days in which one vintage was the one
-- that counted. A month derived from cumulative columns is a vintage as well, and counts while nothing is
-- printed. Files that only repeat the vintage are in `confirmations`, each with the day from which it was the
-- last that did.
with figures as (

    select * from {{ ref('int_figures') }}

),

selected as (

    select
        *,
        hash(release_id, published_on, first_published_amount, is_superseded) as said
    from {{ ref('int_vintages_selected') }}

),

selected_in_time as (

    select
        *,
        coalesce(said = lag(said) over in_time and valid_from = lag(valid_to) over in_time, false)
            as is_repeat
    from selected
    window in_time as (partition by figure_id order by valid_from)

),

selected_in_stretches as (

    select
        *,
        count_if(not is_repeat) over (partition by figure_id order by valid_from) as stretch
    from selected_in_time

),

printed as (

    select
        figure_id,
        any_value(release_id) as release_id,
        any_value(basis) as basis,
        any_value(published_on) as published_on,
        any_value(amount) as amount,
        any_value(rounding) as rounding,
        any_value(first_published_amount) as first_published_amount,
        any_value(is_superseded) as is_superseded,
        min(valid_from) as valid_from,
        max(coalesce(valid_to, 'infinity'::date)) as valid_to,
        list(
            struct_pack(valid_from := valid_from, source_id := source_id, status := status)
            order by valid_from
        ) as confirmations
    from selected_in_stretches
    group by figure_id, stretch

),

derived as (

    select
        *,
        hash(release_id, published_on, amount, rounding, is_across_vintages) as said
    from {{ ref('int_months_derived') }}

),

derived_in_time as (

    select
        *,
        coalesce(said = lag(said) over in_time and valid_from = lag(valid_to) over in_time, false)
            as is_repeat
    from derived
    window in_time as (partition by vintage_id order by valid_from)

),

derived_in_stretches as (

    select
        *,
        count_if(not is_repeat) over (partition by vintage_id order by valid_from) as stretch
    from derived_in_time

),

history as (

    select
        figures.series,
        figures.code,
        figures.flow,
        figures.period_type,
        figures.period,
        figures.period_starts_on,
        figures.period_ends_on,
        figures.amount_unit,
        printed.*,
        {{ vintage_id('figures.figure_key', 'printed.release_id', 'printed.published_on') }} as vintage_id,
        null::boolean as is_across_vintages
    from printed
    inner join figures on printed.figure_id = figures.figure_id
    union all by name
    select
        any_value(series) as series,
        any_value(code) as code,
        any_value(flow) as flow,
        'month' as period_type,
        any_value(period) as period,
        any_value(month) as period_starts_on,
        any_value(month_ends_on) as period_ends_on,
        'million US$' as amount_unit,
        any_value(release_id) as release_id,
        'derived' as basis,
        any_value(published_on) as published_on,
        any_value(amount) as amount,
        any_value(rounding) as rounding,
        false as is_superseded,
        min(valid_from) as valid_from,
        max(coalesce(valid_to, 'infinity'::date)) as valid_to,
        list(
            struct_pack(valid_from := valid_from, source_id := source_id, status := status)
            order by valid_from
        ) as confirmations,
        vintage_id,
        any_value(is_across_vintages) as is_across_vintages
    from derived_in_stretches
    group by vintage_id, stretch

)

select * exclude (figure_id) replace (nullif(valid_to, 'infinity'::date) as valid_to)
from history
order by series, code, flow, period_type, period_ends_on, valid_from
