{% set flows = ['exports', 'imports'] -%}

-- Quarters, fiscal years and fiscal years to date: what was printed for them beside what their months
-- add up to. The print counts; the sum of all their months where there is none; else nothing.
with figures as (

    select * from {{ ref('int_services_figures') }}

),

months as (

    select * from figures
    where period_type = 'month'

),

-- The fiscal year to June is the fiscal year; SBP prints it under that name.
printed as (

    select * from figures
    where period_type in ('fiscal_quarter', 'fiscal_year', 'fiscal_year_to_date')
    union all by name
    select
        * replace (
            'fiscal_year_to_date' as period_type,
            {{ period_key("'fiscal_year_to_date'", 'period_starts_on', 'period_ends_on') }} as period
        )
    from figures
    where period_type = 'fiscal_year'

),

of_months as (

    select
        item_code,
        'fiscal_quarter' as period_type,
        date_trunc('quarter', period_starts_on)::date as period_starts_on,
        (date_trunc('quarter', period_starts_on) + interval 3 month - interval 1 day)::date as period_ends_on
    from months
    union
    select
        item_code,
        'fiscal_year' as period_type,
        {{ fiscal_year_starts_on('period_starts_on') }} as period_starts_on,
        ({{ fiscal_year_starts_on('period_starts_on') }} + interval 1 year - interval 1 day)::date
            as period_ends_on
    from months
    union
    select
        item_code,
        'fiscal_year_to_date' as period_type,
        {{ fiscal_year_starts_on('period_starts_on') }} as period_starts_on,
        period_ends_on
    from months

),

spine as (

    select
        item_code,
        period_type,
        period_starts_on,
        period_ends_on
    from printed
    union
    select
        item_code,
        period_type,
        period_starts_on,
        period_ends_on
    from of_months

),

added_up as (

    select
        spine.item_code,
        spine.period_type,
        spine.period_starts_on,
        spine.period_ends_on,
        any_value({{ months_between('spine.period_starts_on', 'spine.period_ends_on') }}) as months_in_period,
    {% for flow in flows %}
    count(months.{{ flow }}_usd_mn) as {{ flow }}_months_known,
    sum(months.{{ flow }}_usd_mn) as {{ flow }}_sum_of_known_months_usd_mn{{ ',' if not loop.last }}
    {% endfor %}
    from spine
    left join months
        on
            spine.item_code = months.item_code
            -- Within one fiscal year: a range alone would compare each period with every month there is.
            and {{ fiscal_year_starts_on('spine.period_starts_on') }}
            = {{ fiscal_year_starts_on('months.period_starts_on') }}
            and months.period_starts_on between spine.period_starts_on and spine.period_ends_on
    group by spine.item_code, spine.period_type, spine.period_starts_on, spine.period_ends_on

),

with_prints as (

    select
        added_up.item_code,
        added_up.period_type,
        {{ period_key('added_up.period_type', 'added_up.period_starts_on', 'added_up.period_ends_on') }}
            as period,
        added_up.period_starts_on,
        added_up.period_ends_on,
        added_up.months_in_period,
        {% for flow in flows %}
        added_up.{{ flow }}_months_known,
        {{ usd_mn('added_up.' ~ flow ~ '_sum_of_known_months_usd_mn') }}
            as {{ flow }}_sum_of_known_months_usd_mn,
        {{ usd_mn(
            'case when added_up.' ~ flow ~ '_months_known = added_up.months_in_period then added_up.'
            ~ flow ~ '_sum_of_known_months_usd_mn end'
        ) }} as {{ flow }}_sum_of_months_usd_mn,
        printed.{{ flow }}_usd_mn as {{ flow }}_printed_usd_mn,
        printed.{{ flow }}_basis as {{ flow }}_printed_basis,
        printed.{{ flow }}_status,
        coalesce(printed.{{ flow }}_is_superseded, false) as {{ flow }}_is_superseded,
        printed.{{ flow }}_vintage_id,
        printed.{{ flow }}_source,
        {% endfor %}
        printed.balance_usd_mn as balance_printed_usd_mn,
        printed.balance_vintage_id
    from added_up
    left join printed
        on
            added_up.item_code = printed.item_code
            and added_up.period_type = printed.period_type
            and added_up.period_starts_on = printed.period_starts_on
            and added_up.period_ends_on = printed.period_ends_on

),

chosen as (

    select
        *,
    {% for flow in flows %}
    coalesce({{ flow }}_printed_usd_mn, {{ flow }}_sum_of_months_usd_mn) as {{ flow }}_usd_mn,
    case
        when {{ flow }}_printed_usd_mn is not null then {{ flow }}_printed_basis
        when {{ flow }}_sum_of_months_usd_mn is not null then 'sum_of_months'
    end as {{ flow }}_basis{{ ',' if not loop.last }}
    {% endfor %}
    from with_prints

)

select
    * exclude (balance_printed_usd_mn),
    coalesce(balance_printed_usd_mn, {{ usd_mn('exports_usd_mn - imports_usd_mn') }}) as balance_usd_mn
from chosen
