-- Printed months against cumulative figures: each month against the difference of two columns, and longer
-- periods against the sum of their months, where all are known.
with known as (

    select * from {{ ref('int_figures_known') }}
    where basis <> 'derived'

),

differences as (

    select * from {{ ref('int_cumulative_differences') }}
    where is_printed and {{ stood() }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}
    where is_stock

),

months as (

    select * from known
    where period_type = 'month'

),

of_differences as (

    select
        'month_is_difference_of_cumulatives' as check_name,
        months.series,
        months.code,
        months.flow,
        months.period_type,
        months.period,
        months.period_starts_on,
        months.period_ends_on,
        months.amount as left_amount,
        differences.amount as right_amount,
        round(months.rounding + differences.rounding + 0.000001, 9) as tolerance,
        greatest(months.published_on, differences.published_on) as published_on
    from differences
    inner join months
        on
            differences.series = months.series
            and differences.code = months.code
            and differences.flow = months.flow
            and differences.month = months.period_starts_on

),

of_sums as (

    select
        'months_add_up_to_' || longer.period_type as check_name,
        longer.series,
        longer.code,
        longer.flow,
        longer.period_type,
        longer.period,
        longer.period_starts_on,
        longer.period_ends_on,
        any_value(longer.amount) as left_amount,
        sum(months.amount) as right_amount,
        any_value(longer.rounding)
        + ({{ sum_of_roundings('months.rounding') }} + 0.000001)::double as tolerance,
        greatest(any_value(longer.published_on), max(months.published_on)) as published_on
    from known as longer
    anti join lines on longer.series = 'balance_of_payments' and longer.code = lines.line_code
    inner join months
        on
            longer.series = months.series
            and longer.code = months.code
            and longer.flow = months.flow
            -- Within one fiscal year: a range alone would compare each period with every month there is.
            and {{ fiscal_year_starts_on('longer.period_starts_on') }}
            = {{ fiscal_year_starts_on('months.period_starts_on') }}
            and months.period_starts_on between longer.period_starts_on and longer.period_ends_on
    where longer.period_type in ('fiscal_quarter', 'fiscal_year', 'fiscal_year_to_date')
    group by all
    having count(*) = {{ months_between('longer.period_starts_on', 'longer.period_ends_on') }}

)

select * from of_differences
union all by name
select * from of_sums
