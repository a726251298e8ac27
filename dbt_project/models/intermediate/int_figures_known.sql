{{ config(materialized='view') }}

-- What is known of each figure: the printed one that counts, and only where nothing printed exists a month
-- derived from cumulative columns.
with selected as (

    select * from {{ ref('int_figures_selected') }}

),

derived as (

    select * from {{ ref('int_months_derived') }}

)

select
    series,
    code,
    flow,
    period_type,
    period,
    period_starts_on,
    period_ends_on,
    amount_unit,
    amount,
    rounding,
    release_id,
    last_source_id as source_id,
    last_status as status,
    basis,
    vintage_id,
    published_on,
    first_published_amount,
    is_superseded,
    null as is_across_vintages
from selected
union all by name
select
    series,
    code,
    flow,
    'month' as period_type,
    period,
    month as period_starts_on,
    month_ends_on as period_ends_on,
    'million US$' as amount_unit,
    amount,
    rounding,
    release_id,
    source_id,
    status,
    'derived' as basis,
    vintage_id,
    published_on,
    null as first_published_amount,
    false as is_superseded,
    is_across_vintages
from derived
