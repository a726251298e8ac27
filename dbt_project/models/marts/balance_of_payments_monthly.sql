with months as (

    select * from {{ ref('int_figures_known') }}
    where series = 'balance_of_payments' and period_type = 'month'

),

gaps as (

    select * from {{ ref('int_cumulative_gaps') }}
    where series = 'balance_of_payments'

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}

)

select
    this.period,
    this.period_starts_on as month,
    {{ fiscal_year('this.period_starts_on') }} as fiscal_year,
    this.code as line_code,
    lines.line_name,
    this.amount as amount_usd_mn,
    {{ usd_mn('this.amount - month_before.amount') }} as amount_mom_change_usd_mn,
    {{ usd_mn('this.amount - year_before.amount') }} as amount_yoy_change_usd_mn,
    this.first_published_amount as amount_first_published_usd_mn,
    this.status as amount_status,
    this.basis as amount_basis,
    this.release_id as amount_release_id,
    {{ usd_mn('this.rounding') }} as amount_rounding_usd_mn,
    this.is_across_vintages as amount_is_across_vintages,
    gaps.largest_gap as amount_largest_gap_usd_mn,
    this.is_superseded as amount_is_superseded,
    this.vintage_id as amount_vintage_id
from months as this
inner join lines on this.code = lines.line_code
left join months as month_before
    on
        this.code = month_before.code
        and this.period_starts_on = month_before.period_starts_on + interval 1 month
left join months as year_before
    on this.code = year_before.code and this.period_starts_on = year_before.period_starts_on + interval 1 year
left join gaps on this.code = gaps.code and this.basis = 'derived'
order by this.period_starts_on, lines.sort_order
