-- Months as the difference of two fiscal years to date: July to the month less July to the month before, for
-- as long as both counted. From one edition where one shows both; else from two, between which SBP may have
-- revised.
with selected as (

    select * from {{ ref('int_vintages_selected') }}

),

figures as (

    select * from {{ ref('int_figures') }}
    where
        period_type in ('fiscal_year_to_date', 'fiscal_year')
        and flow in ('exports', 'imports', 'amount')

),

backed_out as (

    select * from {{ ref('int_cumulatives_derived') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}

),

cumulative as (

    select
        figures.series,
        figures.code,
        figures.flow,
        figures.period_starts_on,
        figures.period_ends_on,
        selected.release_id,
        selected.source_id,
        selected.published_on,
        selected.status,
        selected.amount,
        selected.rounding,
        selected.figure_id as cumulative_figure_id,
        true as is_printed,
        selected.valid_from,
        selected.valid_to
    from selected
    inner join figures on selected.figure_id = figures.figure_id
    union all by name
    select
        * exclude (edition_ends_on),
        'not_stated' as status,
        false as is_printed
    from backed_out

),

-- A stock at the end of a month is no difference of anything.
of_flows as (

    select cumulative.* replace (coalesce(cumulative.valid_to, 'infinity'::date) as valid_to)
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
    before.cumulative_figure_id as cumulative_figure_id_before,
    this.later_month_figure_ids,
    before.later_month_figure_ids as later_month_figure_ids_before,
    greatest(this.valid_from, before.valid_from) as valid_from,
    nullif(least(this.valid_to, before.valid_to), 'infinity'::date) as valid_to
from of_flows as this
left join of_flows as before
    on
        this.series = before.series
        and this.code = before.code
        and this.flow = before.flow
        and this.period_starts_on = before.period_starts_on
        and date_trunc('month', this.period_ends_on) = before.period_ends_on + interval 1 day
        and this.valid_from < before.valid_to
        and this.valid_to > before.valid_from
where before.series is not null or month(this.period_ends_on) = 7
