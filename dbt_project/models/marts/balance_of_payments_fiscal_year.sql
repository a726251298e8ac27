with known as (

    select * from {{ ref('int_figures_known') }}
    where series = 'balance_of_payments'

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}
    where not is_memorandum

),

printed as (

    select * from known
    where period_type = 'fiscal_year'

),

-- A stock at the end of a month adds up to nothing.
added_up as (

    select
        known.code,
        {{ fiscal_year('known.period_starts_on') }} as period,
        {{ fiscal_year_starts_on('known.period_starts_on') }} as period_starts_on,
        count(*) as months_known,
        sum(known.amount) as sum_of_known_months_usd_mn
    from known
    inner join lines on known.code = lines.line_code
    where known.period_type = 'month' and not lines.is_stock
    group by all

),

years as (

    select
        coalesce(printed.code, added_up.code) as line_code,
        coalesce(printed.period, added_up.period) as period,
        coalesce(printed.period_starts_on, added_up.period_starts_on) as period_starts_on,
        coalesce(
            printed.amount,
            case when added_up.months_known = 12 then added_up.sum_of_known_months_usd_mn end
        ) as amount_usd_mn,
        case
            when printed.code is not null then printed.basis
            when added_up.months_known = 12 then 'sum_of_months'
        end as amount_basis,
        coalesce(added_up.months_known, 0) as months_known,
        added_up.sum_of_known_months_usd_mn,
        printed.status,
        printed.vintage_id
    from printed
    full outer join added_up on printed.code = added_up.code and printed.period = added_up.period

)

select
    this.period,
    (this.period_starts_on + interval 1 year - interval 1 day)::date as fiscal_year_ends_on,
    this.line_code,
    lines.line_name,
    {{ usd_mn('this.amount_usd_mn') }} as amount_usd_mn,
    this.amount_basis,
    {{ usd_mn('this.sum_of_known_months_usd_mn') }} as amount_sum_of_known_months_usd_mn,
    this.months_known,
    {{ usd_mn('this.amount_usd_mn - year_before.amount_usd_mn') }} as amount_yoy_change_usd_mn,
    this.status as amount_status,
    this.vintage_id as amount_vintage_id
from years as this
inner join lines on this.line_code = lines.line_code
left join years as year_before
    on
        this.line_code = year_before.line_code
        and this.period_starts_on = year_before.period_starts_on + interval 1 year
order by this.period_starts_on, lines.sort_order
