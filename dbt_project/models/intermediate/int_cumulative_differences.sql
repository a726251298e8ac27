-- Months as the difference of two fiscal years to date: July to the month less July to the month before.
-- From one edition where one shows both; else from two, between which SBP may have revised.
with selected as (

    select * from {{ ref('int_figures_selected') }}

),

backed_out as (

    select * from {{ ref('int_cumulatives_derived') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}

),


cumulative as (

    select
        series,
        code,
        flow,
        period_starts_on,
        period_ends_on,
        release_id,
        last_source_id as source_id,
        published_on,
        last_status as status,
        amount,
        rounding,
        figure_id as cumulative_figure_id,
        true as is_printed
    from selected
    where period_type in ('fiscal_year_to_date', 'fiscal_year') and flow in ('exports', 'imports', 'amount')
    union all by name
    select
        * exclude (valid_from, edition_ends_on, later_month_figure_ids),
        'not_stated' as status,
        false as is_printed
    from backed_out

),

-- A stock at the end of a month is no difference of anything.
of_flows as (

    select cumulative.*
    from cumulative
    anti join lines
        on
            cumulative.series = 'balance_of_payments'
            and cumulative.code = lines.line_code
            and (lines.is_stock or lines.is_memorandum)

)

select
    this.series,
    this.code,
    this.flow,
    date_trunc('month', this.period_ends_on)::date as month,
    this.release_id,
    this.status,
    {{ usd_mn('this.amount - coalesce(before.amount, 0)') }} as amount,
    this.rounding + coalesce(before.rounding, 0) as rounding,
    greatest(this.published_on, before.published_on) as published_on,
    this.source_id,
    before.source_id as source_id_before,
    coalesce(this.source_id <> before.source_id, false) as is_across_vintages,
    this.is_printed and coalesce(before.is_printed, true) as is_printed,
    this.cumulative_figure_id,
    before.cumulative_figure_id as cumulative_figure_id_before
from of_flows as this
left join of_flows as before
    on
        this.series = before.series
        and this.code = before.code
        and this.flow = before.flow
        and this.period_starts_on = before.period_starts_on
        and date_trunc('month', this.period_ends_on) = before.period_ends_on + interval 1 day
where before.series is not null or month(this.period_ends_on) = 7
