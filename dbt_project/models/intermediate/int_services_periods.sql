{% set flows = ['exports', 'imports'] -%}

-- Quarters, fiscal years and fiscal years to date: what was printed for them beside what their months
-- add up to. The print counts; the sum of all their months where there is none; else nothing. Each beside the
-- periods alike before it: quarters, years, or so many months from July on.
with figures as (

    select * from {{ ref('int_services_figures') }}

),

-- Which periods a figure is part of. The fiscal year to June is the fiscal year; SBP prints it under that
-- name.
periods_of as (

    select
        unnest(
            ['month', 'month', 'month', 'fiscal_quarter', 'fiscal_year', 'fiscal_year', 'fiscal_year_to_date']
        ) as period_type,
        unnest(
            [
                'fiscal_quarter', 'fiscal_year', 'fiscal_year_to_date',
                'fiscal_quarter',
                'fiscal_year', 'fiscal_year_to_date',
                'fiscal_year_to_date'
            ]
        ) as of_period_type

),

figures_of as (

    select
        figures.*,
        periods_of.of_period_type,
        figures.period_type = 'month' as is_month
    from figures
    inner join periods_of on figures.period_type = periods_of.period_type

),

placed as (

    select
        * replace (
            case
                when not is_month then period_starts_on
                when of_period_type = 'fiscal_quarter' then date_trunc('quarter', period_starts_on)::date
                else {{ fiscal_year_starts_on('period_starts_on') }}
            end as period_starts_on,
            case
                when not is_month or of_period_type = 'fiscal_year_to_date' then period_ends_on
                when of_period_type = 'fiscal_quarter'
                    then (date_trunc('quarter', period_starts_on) + interval 3 month - interval 1 day)::date
                else
                    ({{ fiscal_year_starts_on('period_starts_on') }} + interval 1 year - interval 1 day)::date
            end as period_ends_on
        )
    from figures_of

),

periods as (

    select
        item_code,
        of_period_type as period_type,
        period_starts_on,
        period_ends_on,
        {{ months_between('period_starts_on', 'period_ends_on') }} as months_in_period,
        {% for flow in flows %}
        count({{ flow }}_usd_mn) filter (is_month) as {{ flow }}_months_ending,
        sum({{ flow }}_usd_mn) filter (is_month) as {{ flow }}_of_months_ending,
        any_value({{ flow }}_usd_mn) filter (not is_month) as {{ flow }}_printed_usd_mn,
        any_value({{ flow }}_basis) filter (not is_month) as {{ flow }}_printed_basis,
        any_value({{ flow }}_status) filter (not is_month) as {{ flow }}_status,
        coalesce(any_value({{ flow }}_is_superseded) filter (not is_month), false)
            as {{ flow }}_is_superseded,
        any_value({{ flow }}_vintage_id) filter (not is_month) as {{ flow }}_vintage_id,
        any_value({{ flow }}_source) filter (not is_month) as {{ flow }}_source,
        {% endfor %}
        any_value(balance_usd_mn) filter (not is_month) as balance_printed_usd_mn,
        any_value(balance_vintage_id) filter (not is_month) as balance_vintage_id
    from placed
    group by item_code, of_period_type, period_starts_on, period_ends_on

),

-- A year to date adds up the months that end by its end; of a quarter or a year all do.
added_up as (

    select
        * exclude (
            {% for flow in flows %}
            {{ flow }}_months_ending,
            {{ flow }}_of_months_ending{{ ',' if not loop.last }}
            {% endfor %}
        ),
    {% for flow in flows %}
    (sum({{ flow }}_months_ending) over of_year)::bigint as {{ flow }}_months_known,
    {{ usd_mn('sum(' ~ flow ~ '_of_months_ending) over of_year') }}
        as {{ flow }}_sum_of_known_months_usd_mn{{ ',' if not loop.last }}
    {% endfor %}
    from periods
    window of_year as (partition by item_code, period_type, period_starts_on order by period_ends_on)

),

with_sums as (

    select
        *,
    {% for flow in flows %}
    case when {{ flow }}_months_known = months_in_period then {{ flow }}_sum_of_known_months_usd_mn end
        as {{ flow }}_sum_of_months_usd_mn,
    coalesce({{ flow }}_printed_usd_mn, {{ flow }}_sum_of_months_usd_mn) as {{ flow }}_usd_mn,
    case
        when {{ flow }}_printed_usd_mn is not null then {{ flow }}_printed_basis
        when {{ flow }}_sum_of_months_usd_mn is not null then 'sum_of_months'
    end as {{ flow }}_basis{{ ',' if not loop.last }}
    {% endfor %}
    from added_up

)

select
    * exclude (balance_printed_usd_mn),
    {{ period_key('period_type', 'period_starts_on', 'period_ends_on') }} as period,
    coalesce(balance_printed_usd_mn, {{ usd_mn('exports_usd_mn - imports_usd_mn') }}) as balance_usd_mn,
{% for flow in flows %}
case
    when
        count({{ flow }}_usd_mn) over two_years_before
        = case period_type when 'fiscal_quarter' then 8 else 2 end
        then {{ flow }}_usd_mn > max({{ flow }}_usd_mn) over all_before
end as {{ flow }}_is_record,
first_value({{ flow }}_usd_mn) over year_before as {{ flow }}_year_before_usd_mn,
first_value({{ flow }}_vintage_id) over year_before as {{ flow }}_year_before_vintage_id,
first_value({{ flow }}_usd_mn) over five_years_before
    as {{ flow }}_five_years_before_usd_mn{{ ',' if not loop.last }}
{% endfor %}
from with_sums
window
    all_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        rows between unbounded preceding and 1 preceding
    ),
    two_years_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        range between interval 2 years preceding and interval 1 day preceding
    ),
    year_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        range between interval 1 year preceding and interval 1 year preceding
    ),
    five_years_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        range between interval 5 years preceding and interval 5 years preceding
    )
